// TarEntry: one member of a layer's archive (POSIX.1-2017 pax, "ustar Interchange Format"), as
// values. Everything in it comes from a stranger.
#pragma once

#include <time.h>

#include <cstdint>
#include <string>
#include <vector>

namespace runtime::layer {

enum class EntryType { kFile, kDirectory, kSymlink, kHardLink, kFifo, kDevice };

// An extended attribute (xattr(7)).
struct Attribute {
  std::string name;
  std::string value;
  bool operator==(const Attribute&) const = default;
};

struct TarEntry {
  std::string path;  // as the archive has it
  EntryType type = EntryType::kFile;
  std::string link;   // target of a symlink or hard link
  unsigned mode = 0;  // permission, set-id and sticky bits
  int64_t uid = 0;
  int64_t gid = 0;
  timespec mtime = {};
  int64_t size = 0;  // of a file's content
  std::vector<Attribute> attributes;
};

}  // namespace runtime::layer
