#include "tests/unit/layer/scratch.h"

#include <algorithm>
#include <cstring>

namespace runtime::layer {
namespace fs = std::filesystem;

ByteSource FromString(const std::string& data, size_t part) {
  return [&data, part, offset = size_t{0}](char* buffer, size_t size) mutable {
    const size_t n = std::min({size, part, data.size() - offset});
    std::memcpy(buffer, data.data() + offset, n);
    offset += n;
    return n;
  };
}

Scratch::Scratch() : directory_(fs::temp_directory_path(), "layer-test") {
  Write("outside/canary", "alive");
}

void Scratch::Write(std::string_view name, std::string_view content) const {
  fs::create_directories(path(name).parent_path());
  const base::UniqueFd fd = base::OpenFile(path(name), O_WRONLY | O_CREAT | O_TRUNC, 0644);
  base::WriteAll(fd.get(), content, name);
}

struct stat Scratch::Stat(std::string_view name) const {
  struct stat st;
  if (::lstat(path(name).c_str(), &st) != 0) {
    throw base::Error::FromErrno("lstat " + path(name).string());
  }
  return st;
}

bool Scratch::Exists(std::string_view name) const {
  return fs::symlink_status(path(name)).type() != fs::file_type::not_found;
}

UnpackResult Scratch::Unpack(const std::string& archive, const UnpackLimits& limits) const {
  return layer::Unpack(FromString(archive), layer(), limits);
}

std::string Scratch::Refusal(const std::string& archive, const UnpackLimits& limits) const {
  try {
    Unpack(archive, limits);
    return "";
  } catch (const base::Error& e) {
    return e.what();
  }
}

bool Scratch::OutsideIsUntouched() const {
  size_t entries = 0;
  for (const fs::directory_entry& entry : fs::directory_iterator(path())) {
    entries += entry.path().filename() != "layer" ? 1 : 0;
  }
  const auto canaries = fs::directory_iterator(path("outside"));
  return entries == 1 && std::distance(begin(canaries), end(canaries)) == 1 &&
         Read("outside/canary") == "alive" && Stat("outside/canary").st_nlink == 1;
}

}  // namespace runtime::layer
