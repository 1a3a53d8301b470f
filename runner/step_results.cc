#include "runner/step_results.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>

#include "runtime/base/beneath.h"
#include "runtime/base/error.h"
#include "runtime/base/files.h"
#include "runtime/base/terminal_text.h"
#include "runtime/base/units.h"
#include "runtime/layer/copy.h"
#include "runtime/layer/glob.h"

namespace runner {
namespace base = runtime::base;
namespace layer = runtime::layer;
using pipeline::Stream;
namespace {

constexpr size_t kMaxReportBytes = 256u << 20;   // one report file
constexpr size_t kMaxReportsBytes = 512u << 20;  // those of a step together

}  // namespace

std::optional<std::string> ReadBeneath(int root, std::string_view path, size_t max_bytes) {
  base::UniqueFd file;
  try {
    file = base::OpenBeneath(root, path, O_RDONLY | O_NONBLOCK, base::Links::kNoLinks);
  } catch (const base::Error& e) {
    if (e.kind() == base::ErrorKind::kNotFound) {
      return std::nullopt;
    }
    throw;
  }
  struct stat st;
  if (::fstat(file.get(), &st) != 0 || !S_ISREG(st.st_mode)) {
    throw base::Error(base::ErrorKind::kInvalid, base::ForMessage(path) + " isn't a regular file");
  }
  return base::ReadAll(file.get(), base::ForMessage(path), max_bytes);
}

std::vector<std::string> ListBeneath(int root, std::string_view directory, size_t max) {
  base::UniqueFd fd;
  try {
    fd = base::OpenBeneath(root, directory, O_RDONLY | O_DIRECTORY, base::Links::kNoLinks);
  } catch (const base::Error& e) {
    // A file or a link of that name is no such directory either.
    if (e.kind() == base::ErrorKind::kNotFound || e.errno_value() == ENOTDIR ||
        e.errno_value() == ELOOP) {
      return {};
    }
    throw;
  }
  const base::UniqueDir stream(::fdopendir(fd.get()));
  if (!stream) {
    throw base::Error::FromErrno(base::ForMessage(directory) + ": fdopendir");
  }
  fd.Release();  // The stream closes it.
  std::vector<std::string> names;
  while (const dirent* entry = ::readdir(stream.get())) {
    if (names.size() == max) {
      break;
    }
    if (entry->d_type == DT_REG) {
      names.emplace_back(entry->d_name);
    }
  }
  return names;
}

std::vector<pipeline::CollectedFile> CollectReports(int view,
                                                    const std::vector<std::string>& globs) {
  std::vector<pipeline::CollectedFile> reports;
  size_t left = kMaxReportsBytes;
  for (const std::string& path : layer::FindFiles(view, globs)) {
    std::optional<std::string> content = ReadBeneath(view, path, std::min(left, kMaxReportBytes));
    if (content) {
      left -= content->size();
      reports.push_back({path, std::move(*content)});
    }
  }
  return reports;
}

void ExportArtifacts(const pipeline::ArtifactsSpec& artifacts, int view, const std::string& history,
                     const std::filesystem::path& target, bool success, pipeline::StepLog& log) {
  using When = pipeline::ArtifactsSpec::When;
  if ((artifacts.when == When::kSuccess && !success) ||
      (artifacts.when == When::kFailure && success)) {
    return;
  }
  std::vector<std::string> files = layer::FindFiles(view, artifacts.paths);
  const auto of_history = [&](const std::string& path) {
    const std::string normal = std::filesystem::path(path).lexically_normal();
    return !history.empty() && (normal + "/").starts_with(history + "/");
  };
  if (std::none_of(artifacts.paths.begin(), artifacts.paths.end(), of_history)) {
    std::erase_if(files, of_history);
  }
  if (files.empty()) {
    log.Line(Stream::kRunner, "artifacts: nothing matched");
    return;
  }
  base::MakeDirectories(target, 0755);
  const base::UniqueFd root = base::OpenFile(target, O_PATH | O_DIRECTORY);
  // Nobody of this host is behind a container's ids, and no set-id bit leaves it.
  layer::CopyOptions copy;
  copy.owner = layer::CopyOptions::Owner{0, 0};
  copy.mode_mask = 0777;
  uint64_t bytes = 0;
  for (const std::string& path : files) {
    bytes += layer::CopyTree(view, path, root.get(), path, copy).bytes;
  }
  log.Line(Stream::kRunner,
           "artifacts: " + std::to_string(files.size()) + " files, " + base::FormatSize(bytes));
}

}  // namespace runner
