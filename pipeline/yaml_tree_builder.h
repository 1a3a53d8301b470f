// YamlTreeBuilder: makes YamlNodes out of a parser's events, within the bounds of yaml_reader.h.
// It knows no parser, so that the library's headers stay in one place.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "pipeline/findings.h"
#include "pipeline/yaml_node.h"

namespace pipeline {

// Thrown out of the parser when reading can't go on.
struct YamlRefused {
  Position at;
  std::string code;
  std::string message;
};

// Where an event stands in the text.
struct YamlPlace {
  Position at;
  size_t offset = 0;
};

// Anchors are numbers from 1, 0 is none. A tag is "?" on a plain scalar, "!" on a quoted one, both
// or empty on a collection, else what the file says.
class YamlTreeBuilder {
 public:
  using Anchor = size_t;

  // `text` is what the parser reads; both must outlive this object.
  YamlTreeBuilder(std::string_view text, Findings& findings) : text_(text), findings_(findings) {}

  // All throw YamlRefused.
  void AddNull(YamlPlace place, Anchor anchor);
  void AddAlias(YamlPlace place, Anchor anchor);
  void AddScalar(YamlPlace place, const std::string& tag, Anchor anchor, const std::string& text);
  void Open(YamlNode::Kind kind, YamlPlace place, const std::string& tag, Anchor anchor);
  void Close();

  YamlNodePtr TakeRoot() { return std::move(root_); }

 private:
  // A list or map whose end hasn't come.
  struct Collection {
    std::shared_ptr<YamlNode> node;
    Anchor anchor = 0;
    YamlNodePtr key;                      // of a map, when its value comes next
    std::vector<YamlNode::Entry> merges;  // values of `<<`
    std::map<std::string, Position> own_keys;
  };

  std::shared_ptr<YamlNode> MakeNode(YamlNode::Kind kind, YamlPlace place, const std::string& tag);
  // Puts a whole node where it belongs: into the innermost open collection, or as the root.
  void Place(YamlNodePtr node, Position at);
  void PlaceInMap(Collection& map, YamlNodePtr node, Position at);
  void AddEntry(Collection& map, YamlNodePtr value);
  void Merge(Collection& map);
  void Grow(YamlNode& parent, const YamlNode& child, Position at) const;
  void CheckTabs(YamlPlace place);

  std::string_view text_;
  Findings& findings_;
  std::vector<Collection> open_;
  std::map<Anchor, YamlNodePtr> anchors_;
  size_t nodes_ = 0;
  YamlNodePtr root_;
};

}  // namespace pipeline
