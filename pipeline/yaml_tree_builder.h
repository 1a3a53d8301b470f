// YamlTreeBuilder: makes YamlNodes out of the parser's events, within the bounds of yaml_reader.h.
#pragma once

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/mark.h>

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

class YamlTreeBuilder : public YAML::EventHandler {
 public:
  // `text` is what the parser reads; both must outlive this object.
  YamlTreeBuilder(std::string_view text, Findings& findings) : text_(text), findings_(findings) {}

  YamlNodePtr TakeRoot() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark& /*mark*/) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override;
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override;
  void OnSequenceEnd() override { Close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override;
  void OnMapEnd() override { Close(); }

 private:
  // A list or map whose end hasn't come.
  struct Open {
    std::shared_ptr<YamlNode> node;
    YAML::anchor_t anchor = 0;
    YamlNodePtr key;                      // of a map, when its value comes next
    std::vector<YamlNode::Entry> merges;  // values of `<<`
    std::map<std::string, Position> own_keys;
  };

  std::shared_ptr<YamlNode> MakeNode(YamlNode::Kind kind, const YAML::Mark& mark,
                                     const std::string& tag);
  void OpenCollection(YamlNode::Kind kind, const YAML::Mark& mark, const std::string& tag,
                      YAML::anchor_t anchor);
  void Close();
  // Puts a whole node where it belongs: into the innermost open collection, or as the root.
  void Place(YamlNodePtr node, Position at);
  void PlaceInMap(Open& map, YamlNodePtr node, Position at);
  void AddEntry(Open& map, YamlNodePtr value);
  void Merge(Open& map);
  void Grow(YamlNode& parent, const YamlNode& child, Position at) const;
  void CheckTabs(const YAML::Mark& mark, Position at);

  std::string_view text_;
  Findings& findings_;
  std::vector<Open> open_;
  std::map<YAML::anchor_t, YamlNodePtr> anchors_;
  size_t nodes_ = 0;
  YamlNodePtr root_;
};

}  // namespace pipeline
