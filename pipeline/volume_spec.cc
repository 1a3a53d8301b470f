#include "pipeline/volume_spec.h"

#include <algorithm>
#include <cctype>

#include "pipeline/workspace_path.h"
#include "runtime/base/units.h"

namespace pipeline {
namespace {

constexpr std::string_view kTemporary = "tmpfs";

bool IsVolumeName(std::string_view name) {
  return !name.empty() && name.size() <= 63 &&
         std::isalnum(static_cast<unsigned char>(name.front())) != 0 &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-' ||
                  c == '.';
         });
}

// Kind and source; false for a source that is nothing.
bool ReadSource(std::string_view source, VolumeSpec& volume) {
  if (source == kTemporary) {
    volume.kind = VolumeSpec::Kind::kTemporary;
    return true;
  }
  volume.source = source;
  if (source.starts_with('/')) {
    volume.kind = VolumeSpec::Kind::kHost;
    return IsImagePath(volume.source);
  }
  if (source == "." || source.starts_with("./")) {
    volume.kind = VolumeSpec::Kind::kWorkspace;
    volume.source = source.substr(std::min<size_t>(2, source.size()));
    return volume.source.empty() || IsWorkspacePath(volume.source);
  }
  return IsVolumeName(source);
}

bool ReadOption(std::string_view option, VolumeSpec& volume) {
  if (volume.kind == VolumeSpec::Kind::kTemporary) {
    volume.size_bytes = runtime::base::ParseSize(option).value_or(0);
    return volume.size_bytes > 0;
  }
  volume.read_only = option == "ro";
  return option == "ro" || option == "rw";
}

}  // namespace

std::optional<VolumeSpec> ParseVolume(std::string_view text, std::string& error) {
  const std::string quoted = "\"" + std::string(text.substr(0, 200)) + "\" ";
  const size_t colon = text.find(':');
  if (colon == std::string_view::npos) {
    error =
        quoted + "doesn't say where it is mounted; write NAME:/path, tmpfs:/path or ./dir:/path";
    return std::nullopt;
  }
  VolumeSpec volume;
  if (!ReadSource(text.substr(0, colon), volume)) {
    error = quoted + "names neither a volume, nor tmpfs, nor a path in the workspace (./dir)";
    return std::nullopt;
  }
  const std::string_view rest = text.substr(colon + 1);
  const size_t option = rest.find(':');
  volume.target = rest.substr(0, option);
  if (!IsImagePath(volume.target) || volume.target == "/") {
    error = quoted + "isn't mounted at an absolute path below /";
    return std::nullopt;
  }
  if (option != std::string_view::npos && !ReadOption(rest.substr(option + 1), volume)) {
    error = quoted + (volume.kind == VolumeSpec::Kind::kTemporary
                          ? "ends in something other than a size such as 64MiB"
                          : "ends in something other than ro or rw");
    return std::nullopt;
  }
  return volume;
}

}  // namespace pipeline
