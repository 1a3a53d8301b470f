// What a step mounts beside its workspace: `volumes` and `cache`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "pipeline/expression.h"

namespace pipeline {

struct VolumeSpec {
  enum class Kind {
    kNamed,      // outlives runs: source is its name
    kTemporary,  // in memory, empty at first, gone with the step
    kWorkspace,  // source is a path in the workspace
    kHost,       // source is a path of the host; only if the runner's configuration allows it
  };
  Kind kind = Kind::kNamed;
  std::string source;
  std::string target;  // absolute path in the container
  bool read_only = false;
  uint64_t size_bytes = 0;  // of a temporary one; 0: the runner's default
};

// "NAME:/path[:ro]", "tmpfs:/path[:SIZE]", "./dir:/path[:ro]", "/host/dir:/path[:ro]". Nothing
// after filling `error` for other texts.
std::optional<VolumeSpec> ParseVolume(std::string_view text, std::string& error);

// Kept between runs of a step.
struct CacheSpec {
  std::string path;     // absolute, or in the workspace
  Template key_source;  // another key is another cache; the engine makes `key` of it
  std::string key;
  bool trusted_only = false;  // a run for a stranger neither reads nor writes it
};

}  // namespace pipeline
