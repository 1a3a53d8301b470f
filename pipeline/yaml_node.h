// YamlNode: what a YAML file says, with the position of every part. Scalars keep their text; what
// it means (a number, a duration) is for the reader of the key.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace pipeline {

struct Position {
  int line = 0;    // from 1; 0: the file as a whole
  int column = 0;  // from 1, in bytes
};

struct YamlNode;
// Shared where an alias or a merge key stands for it again; never changed after reading.
using YamlNodePtr = std::shared_ptr<const YamlNode>;

struct YamlNode {
  enum class Kind { kNull, kScalar, kList, kMap };
  struct Entry {
    std::string key;
    Position at;  // of the key
    YamlNodePtr value;
  };

  Kind kind = Kind::kNull;
  Position at;
  std::string text;                // of a scalar
  bool plain = false;              // a scalar without quotes and not a block
  std::vector<YamlNodePtr> items;  // of a list
  std::vector<Entry> entries;      // of a map, in file order; merged ones after its own

  // With everything below, aliases counted each time.
  size_t size = 1;
  // Levels below.
  int height = 0;
};

}  // namespace pipeline
