#include "runner/run_store_reader.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <functional>

#include "reports/junit_reader.h"
#include "runner/run_directory.h"
#include "runner/run_id.h"
#include "runner/run_paths.h"
#include "runtime/base/error.h"
#include "runtime/base/files.h"

namespace runner {
namespace {

using runtime::base::Error;
using runtime::base::ErrorKind;

constexpr size_t kMaxJunit = 512u << 20;

std::vector<std::string> IdsNewestFirst(const std::filesystem::path& runs,
                                        const std::string& before) {
  std::vector<std::string> ids;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(runs, error), end; entry != end;
       entry.increment(error)) {
    std::string id = entry->path().filename().string();
    if (IsRunId(id) && (before.empty() || id < before)) {
      ids.push_back(std::move(id));
    }
    if (error) {
      break;
    }
  }
  if (error) {
    throw Error::FromErrno("read " + runs.string(), error.value());
  }
  std::sort(ids.begin(), ids.end(), std::greater<>());
  return ids;
}

std::string ReadAt(int fd, uint64_t offset, size_t bytes, const std::string& name) {
  std::string text(bytes, '\0');
  size_t have = 0;
  while (have < bytes) {
    const ssize_t n =
        ::pread(fd, text.data() + have, bytes - have, static_cast<off_t>(offset + have));
    if (n < 0 && errno == EINTR) {
      continue;
    }
    if (n < 0) {
      throw Error::FromErrno("read " + name);
    }
    if (n == 0) {
      break;
    }
    have += static_cast<size_t>(n);
  }
  text.resize(have);
  return text;
}

// Drops the rest of a line at the front and the beginning of one at the end; a line that fills the
// whole slice stays.
void KeepWholeLines(int fd, const std::string& name, reports::LogSlice& slice) {
  if (slice.offset > 0 && ReadAt(fd, slice.offset - 1, 1, name) != "\n") {
    const size_t first = slice.text.find('\n');
    if (first != std::string::npos) {
      slice.text.erase(0, first + 1);
      slice.offset += first + 1;
    }
  }
  if (const size_t end = slice.text.rfind('\n'); end != std::string::npos) {
    slice.text.resize(end + 1);
  }
}

}  // namespace

reports::RunPageResult RunStoreReader::List(const reports::RunPageRequest& request) {
  reports::RunPageResult result;
  for (const std::string& id : IdsNewestFirst(runs_, request.before)) {
    if (result.runs.size() == request.limit) {
      result.more = true;
      break;
    }
    try {
      if (auto record = ReadRunRecord(RunPaths(runs_, id))) {
        result.runs.push_back(std::move(*record));
      }
    } catch (const Error& e) {
      reports::RunRecord& broken = result.runs.emplace_back();
      broken.id = id;
      broken.state = reports::RunState::kFinished;
      broken.reason = e.what();
    }
  }
  return result;
}

std::optional<reports::RunRecord> RunStoreReader::Find(std::string_view run_id) {
  return IsRunId(run_id) ? ReadRunRecord(RunPaths(runs_, run_id)) : std::nullopt;
}

std::optional<std::string> RunStoreReader::Junit(std::string_view run_id) {
  return IsRunId(run_id)
             ? runtime::base::ReadFileIfExists(RunPaths(runs_, run_id).junit(), kMaxJunit)
             : std::nullopt;
}

std::optional<pipeline::TestReport> RunStoreReader::Tests(std::string_view run_id) {
  std::optional<std::string> junit = Junit(run_id);
  if (!junit) {
    return std::nullopt;
  }
  return reports::ReadJunit({{"junit.xml", std::move(*junit)}});
}

std::optional<reports::LogSlice> RunStoreReader::Log(std::string_view run_id, std::string_view step,
                                                     uint64_t offset, size_t max_bytes) {
  if (!IsRunId(run_id) || step.empty()) {
    return std::nullopt;
  }
  const std::filesystem::path path = RunPaths(runs_, run_id).log(step);
  runtime::base::UniqueFd fd;
  try {
    fd = runtime::base::OpenFile(path, O_RDONLY | O_NOFOLLOW);
  } catch (const Error& e) {
    if (e.kind() == ErrorKind::kNotFound) {
      return std::nullopt;
    }
    throw;
  }
  struct stat info = {};
  if (::fstat(fd.get(), &info) != 0) {
    throw Error::FromErrno("stat " + path.string());
  }
  reports::LogSlice slice;
  slice.size = static_cast<uint64_t>(info.st_size);
  slice.offset = std::min(offset, slice.size);
  const size_t bytes = std::min<uint64_t>(max_bytes, slice.size - slice.offset);
  slice.text = ReadAt(fd.get(), slice.offset, bytes, path.string());
  KeepWholeLines(fd.get(), path.string(), slice);
  return slice;
}

}  // namespace runner
