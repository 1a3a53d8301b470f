#include "runner/pipeline_path.h"

#include "pipeline/yaml_reader.h"
#include "runtime/base/error.h"
#include "runtime/base/files.h"
#include "runtime/base/regular_file.h"
#include "runtime/base/terminal_text.h"

namespace runner {

using runtime::base::Error;
using runtime::base::ErrorKind;

std::filesystem::path FindPipelineFile(const std::string& verb, const std::filesystem::path& path) {
  const std::string where = verb + " " + runtime::base::ForMessage(path.string()) + ": ";
  if (!std::filesystem::is_directory(path)) {
    if (!std::filesystem::exists(path)) {
      throw Error(ErrorKind::kUsage, where + "no such file or directory");
    }
    return path.lexically_normal();
  }
  const bool yml = std::filesystem::exists(path / ".runner.yml");
  const bool yaml = std::filesystem::exists(path / ".runner.yaml");
  if (yml && yaml) {
    throw Error(ErrorKind::kUsage,
                where + ".runner.yml and .runner.yaml are both there; remove one");
  }
  if (!yml && !yaml) {
    throw Error(ErrorKind::kUsage,
                where + "no .runner.yml there; write one, or let `runner init` propose it");
  }
  const std::filesystem::path file = path / (yml ? ".runner.yml" : ".runner.yaml");
  RequireFileOf(verb, path, file);
  return file.lexically_normal();
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
