#include "pipeline/yaml_tree_builder.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "pipeline/yaml_reader.h"
#include "pipeline/yaml_text.h"

namespace pipeline {
namespace {

constexpr std::string_view kCorePrefix = "tag:yaml.org,2002:";

// "?" stands for no tag on a plain scalar or a collection, "!" for a quoted scalar.
bool IsKnownTag(std::string_view tag, YamlNode::Kind kind) {
  if (tag.empty() || tag == "?" || tag == "!") {
    return true;
  }
  if (!tag.starts_with(kCorePrefix)) {
    return false;
  }
  tag.remove_prefix(kCorePrefix.size());
  switch (kind) {
    case YamlNode::Kind::kMap:
      return tag == "map";
    case YamlNode::Kind::kList:
      return tag == "seq";
    default:
      return tag == "str" || tag == "int" || tag == "float" || tag == "bool" || tag == "null";
  }
}

}  // namespace

std::shared_ptr<YamlNode> YamlTreeBuilder::MakeNode(YamlNode::Kind kind, YamlPlace place,
                                                    const std::string& tag) {
  const Position at = place.at;
  if (!IsKnownTag(tag, kind)) {
    throw YamlRefused{
        at, "E008",
        "the tag " + tag + " isn't known here; remove it (a text that begins with ! needs quotes)"};
  }
  if (++nodes_ > kMaxYamlNodes) {
    throw YamlRefused{at, "E005",
                      "more than " + std::to_string(kMaxYamlNodes) + " values in the file"};
  }
  CheckTabs(place);
  auto node = std::make_shared<YamlNode>();
  node->kind = kind;
  node->at = at;
  return node;
}

void YamlTreeBuilder::CheckTabs(YamlPlace place) {
  const std::string_view before =
      std::string_view(text_).substr(0, std::min(place.offset, text_.size()));
  const std::string_view blank = before.substr(before.find_last_not_of(" \t") + 1);
  if (blank.find('\t') != std::string_view::npos) {
    const Position begin = {place.at.line, place.at.column - static_cast<int>(blank.size())};
    std::vector<Edit> fix;
    if (const auto edit = findings_.Replace(begin, blank, WithoutTabs(blank))) {
      fix.push_back(*edit);
    }
    findings_.Add(place.at, "E007", kTabMessage, std::move(fix));
  }
}

void YamlTreeBuilder::AddNull(YamlPlace place, Anchor anchor) {
  YamlNodePtr node = MakeNode(YamlNode::Kind::kNull, place, "");
  if (anchor != 0) {
    anchors_[anchor] = node;
  }
  Place(node, node->at);
}

void YamlTreeBuilder::AddAlias(YamlPlace place, Anchor anchor) {
  const Position at = place.at;
  const auto found = anchors_.find(anchor);
  if (found == anchors_.end()) {
    throw YamlRefused{at, "E011", "this alias stands inside the value that it repeats"};
  }
  Place(found->second, at);
}

void YamlTreeBuilder::AddScalar(YamlPlace place, const std::string& tag, Anchor anchor,
                                const std::string& text) {
  const std::shared_ptr<YamlNode> node = MakeNode(YamlNode::Kind::kScalar, place, tag);
  if (text.find('\0') != std::string::npos) {
    throw YamlRefused{node->at, "E001", "a NUL character in a text; no program can be given one"};
  }
  node->text = text;
  node->plain = tag == "?";
  if (anchor != 0) {
    anchors_[anchor] = node;
  }
  Place(node, node->at);
}

void YamlTreeBuilder::Open(YamlNode::Kind kind, YamlPlace place, const std::string& tag,
                           Anchor anchor) {
  if (open_.size() >= static_cast<size_t>(kMaxYamlDepth)) {
    throw YamlRefused{place.at, "E004",
                      "nested deeper than " + std::to_string(kMaxYamlDepth) + " levels"};
  }
  Collection collection;
  collection.node = MakeNode(kind, place, tag);
  collection.anchor = anchor;
  open_.push_back(std::move(collection));
}

void YamlTreeBuilder::Close() {
  Collection done = std::move(open_.back());
  open_.pop_back();
  Merge(done);
  if (done.anchor != 0) {
    anchors_[done.anchor] = done.node;
  }
  const Position at = done.node->at;
  Place(std::move(done.node), at);
}

void YamlTreeBuilder::Place(YamlNodePtr node, Position at) {
  if (open_.empty()) {
    root_ = std::move(node);
    return;
  }
  Collection& parent = open_.back();
  if (parent.node->kind == YamlNode::Kind::kMap) {
    PlaceInMap(parent, std::move(node), at);
    return;
  }
  Grow(*parent.node, *node, at);
  parent.node->items.push_back(std::move(node));
}

void YamlTreeBuilder::PlaceInMap(Collection& map, YamlNodePtr node, Position at) {
  if (map.key == nullptr) {
    if (node->kind == YamlNode::Kind::kList || node->kind == YamlNode::Kind::kMap) {
      throw YamlRefused{at, "E009", "a key must be a text, not a list or a map"};
    }
    if (node->kind == YamlNode::Kind::kNull) {
      throw YamlRefused{at, "E009", "a key is missing here; write it before the colon"};
    }
    map.key = std::move(node);
    return;
  }
  Grow(*map.node, *node, at);
  if (node->kind == YamlNode::Kind::kNull) {
    // The parser sees that there is nothing when it reads what follows; the key says where it is.
    auto nothing = std::make_shared<YamlNode>(*node);
    nothing->at = map.key->at;
    node = std::move(nothing);
  }
  AddEntry(map, std::move(node));
  map.key = nullptr;
}

void YamlTreeBuilder::AddEntry(Collection& map, YamlNodePtr value) {
  YamlNode::Entry entry = {map.key->text, map.key->at, std::move(value)};
  if (map.key->plain && entry.key == "<<") {
    map.merges.push_back(std::move(entry));
    return;
  }
  const auto [known, added] = map.own_keys.emplace(entry.key, entry.at);
  if (!added) {
    findings_.Add(entry.at, "E006",
                  "the key \"" + entry.key + "\" is here twice, first in line " +
                      std::to_string(known->second.line) + "; remove one");
    return;
  }
  map.node->entries.push_back(std::move(entry));
}

void YamlTreeBuilder::Merge(Collection& map) {
  std::set<std::string_view> taken;
  for (const auto& [key, at] : map.own_keys) {
    taken.insert(key);
  }
  const auto merge_one = [&](const YamlNode& source, Position at) {
    if (source.kind != YamlNode::Kind::kMap) {
      throw YamlRefused{at, "E012", "`<<` merges a map, or a list of maps, and nothing else"};
    }
    for (const YamlNode::Entry& entry : source.entries) {
      if (taken.insert(entry.key).second) {
        Grow(*map.node, *entry.value, at);
        map.node->entries.push_back(entry);
      }
    }
  };
  for (const YamlNode::Entry& merge : map.merges) {
    if (merge.value->kind == YamlNode::Kind::kList) {
      for (const YamlNodePtr& source : merge.value->items) {
        merge_one(*source, merge.at);
      }
    } else {
      merge_one(*merge.value, merge.at);
    }
  }
}

void YamlTreeBuilder::Grow(YamlNode& parent, const YamlNode& child, Position at) const {
  parent.size += child.size;
  parent.height = std::max(parent.height, child.height + 1);
  if (parent.size > kMaxYamlNodes) {
    throw YamlRefused{at, "E005",
                      "aliases make this more than " + std::to_string(kMaxYamlNodes) +
                          " values; write what you need once"};
  }
  if (parent.height > kMaxYamlDepth) {
    throw YamlRefused{at, "E004",
                      "aliases nest this deeper than " + std::to_string(kMaxYamlDepth) + " levels"};
  }
}

}  // namespace pipeline
