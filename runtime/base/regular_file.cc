#include "runtime/base/regular_file.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>

#include "runtime/base/error.h"
#include "runtime/base/fd.h"
#include "runtime/base/files.h"

namespace runtime::base {

namespace fs = std::filesystem;

std::optional<std::string> ReadRegularFile(const fs::path& path, size_t max_bytes) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (!fd) {
    if (errno == ENOENT || errno == ENOTDIR || errno == ELOOP || errno == ENXIO) {
      return std::nullopt;
    }
    throw Error::FromErrno("open " + path.string());
  }
  struct stat st = {};
  if (::fstat(fd.get(), &st) != 0 || !S_ISREG(st.st_mode)) {
    return std::nullopt;
  }
  return ReadAll(fd.get(), path.string(), max_bytes);
}

bool IsRegularFileIn(const fs::path& directory, const fs::path& path) {
  std::error_code error;
  const fs::path top = fs::canonical(directory, error);
  if (error) {
    return false;
  }
  const fs::path real = fs::canonical(path, error);
  if (error || !fs::is_regular_file(real, error)) {
    return false;
  }
  const fs::path relative = real.lexically_relative(top);
  return !relative.empty() && *relative.begin() != "..";
}

}  // namespace runtime::base
