#include "runner/pipeline_path.h"

#include <utility>

#include "pipeline/pipeline_files.h"
#include "pipeline/yaml_reader.h"
#include "runtime/base/error.h"
#include "runtime/base/files.h"
#include "runtime/base/regular_file.h"
#include "runtime/base/terminal_text.h"

namespace runner {

using runtime::base::Error;
using runtime::base::ErrorKind;

namespace fs = std::filesystem;
namespace {

// Names in `.runner` of the directory; a stranger may have made it a link to elsewhere.
std::vector<std::string> NamesBeside(const fs::path& directory) {
  std::vector<std::string> names;
  const fs::path several = directory / pipeline::kPipelineDirectory;
  if (!fs::is_directory(fs::symlink_status(several))) {
    return names;
  }
  for (const fs::directory_entry& entry : fs::directory_iterator(several)) {
    if (fs::is_regular_file(entry.symlink_status())) {
      names.push_back(entry.path().filename());
    }
  }
  return names;
}

}  // namespace

std::vector<fs::path> FindPipelineFiles(const std::string& verb, const fs::path& path) {
  const std::string where = verb + " " + runtime::base::ForMessage(path.string()) + ": ";
  if (!fs::is_directory(path)) {
    if (!fs::exists(path)) {
      throw Error(ErrorKind::kUsage, where + "no such file or directory");
    }
    return {path.lexically_normal()};
  }
  std::vector<std::string> files;
  const std::string at_root = pipeline::kPipelineFile;
  for (const std::string& name : {at_root, pipeline::OtherSpelling(at_root)}) {
    if (files.empty() && fs::exists(path / name)) {
      files.push_back(name);
    }
  }
  const std::vector<std::string> names = NamesBeside(path);
  if (names.size() > pipeline::kMaxPipelineFiles) {
    throw Error(ErrorKind::kUsage,
                where + "more than " + std::to_string(pipeline::kMaxPipelineFiles) +
                    " files are in .runner; put what isn't a pipeline into another directory");
  }
  for (std::string& file : pipeline::PipelineFilesAmong(names)) {
    files.push_back(std::move(file));
  }
  if (files.empty()) {
    throw Error(ErrorKind::kUsage,
                where +
                    "no .runner.yml there, and no pipelines in .runner; write one, or let "
                    "`runner init` propose it");
  }
  std::vector<fs::path> found;
  for (const std::string& file : files) {
    const std::string other = pipeline::OtherSpelling(file);
    if (fs::exists(path / other)) {
      throw Error(ErrorKind::kUsage, where + runtime::base::ForMessage(file) + " and " +
                                         runtime::base::ForMessage(other) +
                                         " are both there; remove one");
    }
    RequireFileOf(verb, path, path / file);
    found.push_back((path / file).lexically_normal());
  }
  return found;
}

void RequireFileOf(const std::string& verb, const std::filesystem::path& directory,
                   const std::filesystem::path& file) {
  if (!runtime::base::IsRegularFileIn(directory, file)) {
    throw Error(ErrorKind::kUsage,
                verb + " " + runtime::base::ForMessage(file.lexically_normal().string()) +
                    ": it isn't a file of that directory but a link that leads out of it, a pipe, "
                    "a device or a directory; put the file itself there");
  }
}

std::string ReadPipelineText(const std::filesystem::path& file) {
  return runtime::base::ReadFile(file, pipeline::kMaxFileBytes * 64);
}

}  // namespace runner
