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
    if (key.name == "types") {
      for (const YamlNode* item : TextNodes(*entry.value)) {
        if (ReadChoice(key, *item, findings)) {
          filter.types.push_back(item->text);
        }
      }
      return;
    }
    NameFilter& names = key.name.starts_with("tags")    ? filter.tags
                        : key.name.starts_with("paths") ? filter.paths
                                                        : filter.branches;
    (key.name.ends_with("-ignore") ? names.ignore : names.only) = ReadPatterns(entry, findings);
  });
  return filter;
}

std::vector<Cron> ReadSchedule(const YamlNode& value, Findings& findings) {
  constexpr size_t kMaxSchedules = 20;
  std::vector<Cron> schedule;
  if (TextNodes(value).size() > kMaxSchedules) {
    findings.Add(value.at, "E506",
                 std::to_string(TextNodes(value).size()) + " schedules; a file may have " +
                     std::to_string(kMaxSchedules) +
                     ": lists (`0,30`), ranges and steps say several times in one");
    return schedule;
  }
  for (const YamlNode* item : TextNodes(value)) {
    std::string error;
    if (const std::optional<Cron> cron = Cron::Parse(item->text, error)) {
      schedule.push_back(*cron);
    } else {
      findings.Add(item->at, "E506", "the schedule \"" + item->text + "\" " + error);
    }
  }
  return schedule;
}

void CheckInput(const YamlNode& map, const ManualInput& input, Findings& findings) {
  const bool is_choice = input.type == ManualInput::Type::kChoice;
  for (const YamlNode::Entry& entry : map.entries) {
    if (entry.key == "options" && !is_choice) {
      findings.Add(entry.at, "E106", "`options` go with `type: choice`; remove them");
    } else if (entry.key == "default" && (!is_choice || !input.options.empty())) {
      if (const std::string wrong = WhatIsWrongWith(input, entry.value->text); !wrong.empty()) {
        findings.Add(entry.value->at, "E107", "the default of " + wrong);
      }
    }
  }
}

ManualInput ReadInput(const YamlNode::Entry& section, Findings& findings) {
  ManualInput input;
  input.name = section.key;
  if (section.value->kind == YamlNode::Kind::kNull) {
    return input;
  }
  ReadSection(
      *section.value, Section::kInput, findings, [&](const Key& key, const YamlNode::Entry& entry) {
        if (key.name == "type") {
          input.type =
              static_cast<ManualInput::Type>(ReadChoice(key, *entry.value, findings).value_or(0));
        } else if (key.name == "description") {
          input.description = entry.value->text;
        } else if (key.name == "default") {
          input.fallback = entry.value->text;
        } else if (key.name == "required") {
          input.required = ReadFlag(entry, findings);
        } else {
          input.options = ReadTexts(*entry.value);
        }
      });
  const bool complete =
      input.type != ManualInput::Type::kChoice || HasKey(*section.value, "options");
  RequireKey(complete, section.at, Section::kInput, "options", findings);
  CheckInput(*section.value, input, findings);
  return input;
}

std::vector<ManualInput> ReadInputs(const YamlNode& manual, Findings& findings) {
  std::vector<ManualInput> inputs;
  if (manual.kind == YamlNode::Kind::kNull) {
    return inputs;
  }
  ReadSection(manual, Section::kOnManual, findings,
              [&](const Key& /*inputs*/, const YamlNode::Entry& section) {
                for (const YamlNode::Entry& entry : section.value->entries) {
                  if (IsName(entry.key)) {
                    inputs.push_back(ReadInput(entry, findings));
                  } else {
                    findings.Add(
                        entry.at, "E111",
                        "\"" + entry.key + "\" can't be an input: " + std::string(kNameRule));
                  }
                }
              });
  return inputs;
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
  Triggers triggers = {std::nullopt, std::nullopt, false, {}, {}};
  const YamlNodePtr short_form = value.kind == YamlNode::Kind::kMap ? nullptr : AsMap(value);
  ReadSection(short_form == nullptr ? value : *short_form, Section::kOn, findings,
              [&](const Key& key, const YamlNode::Entry& entry) {
                if (key.name == "push") {
                  triggers.push = ReadFilter(*entry.value, Section::kOnPush, findings);
                } else if (key.name == "pull-request") {
                  triggers.pull_request =
                      ReadFilter(*entry.value, Section::kOnPullRequest, findings);
                } else if (key.name == "schedule") {
                  triggers.schedule = ReadSchedule(*entry.value, findings);
                } else {
                  triggers.manual = true;
                  triggers.inputs = ReadInputs(*entry.value, findings);
                }
              });
  return triggers;
}

}  // namespace pipeline
