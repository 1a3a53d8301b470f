#include "pipeline/triggers_parser.h"

#include <memory>
#include <string_view>

#include "pipeline/section_reader.h"

namespace pipeline {
namespace {

std::vector<std::string> ReadPatterns(const YamlNode::Entry& entry, Findings& findings) {
  std::vector<std::string> patterns = ReadTexts(*entry.value);
  for (const std::string& pattern : patterns) {
    if (pattern.empty() || pattern.starts_with('!') || pattern.size() > 256) {
      findings.Add(entry.value->at, "E502",
                   "\"" + pattern + "\" isn't a glob; to leave names out write `" +
                       (entry.key.ends_with("-ignore") ? entry.key : entry.key + "-ignore") + "`");
    }
  }
  return patterns;
}

EventFilter ReadFilter(const YamlNode& value, Section section, Findings& findings) {
  EventFilter filter;
  if (value.kind == YamlNode::Kind::kNull) {
    return filter;
  }
  ReadSection(value, section, findings, [&](const Key& key, const YamlNode::Entry& entry) {
    NameFilter& names = key.name.starts_with("tags") ? filter.tags : filter.branches;
    (key.name.ends_with("-ignore") ? names.ignore : names.only) = ReadPatterns(entry, findings);
  });
  return filter;
}

// `[push, manual]` as the map that it is short for.
YamlNodePtr AsMap(const YamlNode& value) {
  auto map = std::make_shared<YamlNode>();
  map->kind = YamlNode::Kind::kMap;
  map->at = value.at;
  const auto add = [&](const YamlNode& name) {
    auto nothing = std::make_shared<YamlNode>();
    nothing->at = name.at;
    map->entries.push_back({name.text, name.at, std::move(nothing)});
  };
  if (value.kind == YamlNode::Kind::kScalar) {
    add(value);
  }
  for (const YamlNodePtr& item : value.items) {
    add(*item);
  }
  return map;
}

}  // namespace

Triggers ParseTriggers(const YamlNode& value, Findings& findings) {
  Triggers triggers = {std::nullopt, std::nullopt, false};
  const YamlNodePtr short_form = value.kind == YamlNode::Kind::kMap ? nullptr : AsMap(value);
  ReadSection(short_form == nullptr ? value : *short_form, Section::kOn, findings,
              [&](const Key& key, const YamlNode::Entry& entry) {
                if (key.name == "push") {
                  triggers.push = ReadFilter(*entry.value, Section::kOnPush, findings);
                } else if (key.name == "pull-request") {
                  triggers.pull_request =
                      ReadFilter(*entry.value, Section::kOnPullRequest, findings);
                } else {
                  triggers.manual = true;
                }
              });
  return triggers;
}

}  // namespace pipeline
