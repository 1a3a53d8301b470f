// What the tests of layers share: a scratch directory beside a canary that nothing may touch.
#pragma once

#include <fcntl.h>
#include <sys/stat.h>

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/base/error.h"
#include "runtime/base/files.h"
#include "runtime/layer/unpack.h"

namespace runtime::layer {

// Gives `data` in parts of at most `part` bytes. `data` must outlive it.
ByteSource FromString(const std::string& data, size_t part = 65536);

class Scratch {
 public:
  Scratch();

  std::filesystem::path path(std::string_view name = "") const { return directory_.path() / name; }
  std::filesystem::path layer(std::string_view name = "") const { return path("layer") / name; }

  void Write(std::string_view name, std::string_view content) const;
  std::string Read(std::string_view name) const { return base::ReadFile(path(name)); }
  struct stat Stat(std::string_view name) const;  // of a link: itself
  bool Exists(std::string_view name) const;

  UnpackResult Unpack(const std::string& archive, const UnpackLimits& limits = {}) const;
  // The message of the refusal; "" when the archive was taken.
  std::string Refusal(const std::string& archive, const UnpackLimits& limits = {}) const;

  // The directory "outside" with the file "canary" is as it was made, and nothing else is beside
  // the layer.
  bool OutsideIsUntouched() const;

 private:
  base::TemporaryDirectory directory_;
};

}  // namespace runtime::layer
