#include "tests/scenarios/expectation.h"

#include "pipeline/findings.h"
#include "pipeline/yaml_reader.h"

namespace pipeline {
namespace {

using runtime::base::Error;
using runtime::base::ErrorKind;

std::string Joined(const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts) {
    all += (all.empty() ? "[" : ", ") + text;
  }
  return all.empty() ? "[]" : all + "]";
}

EventKind KindOf(const std::string& text) {
  for (const EventKind kind : {EventKind::kPush, EventKind::kTag, EventKind::kPullRequest,
                               EventKind::kManual, EventKind::kSchedule}) {
    if (ToString(kind) == text) {
      return kind;
    }
  }
  throw Error(ErrorKind::kInvalid, "no event: " + text);
}

// The fields of the event; false for other keys.
bool ReadEvent(const YamlNode::Entry& entry, TriggerEvent& event) {
  const std::string& text = entry.value->text;
  if (entry.key == "event") {
    event.kind = KindOf(text);
  } else if (entry.key == "branch") {
    event.branch = text;
  } else if (entry.key == "tag") {
    event.tag = text;
  } else if (entry.key == "title") {
    event.title = text;
  } else if (entry.key == "author") {
    event.author = text;
  } else if (entry.key == "repository") {
    event.repository = text;
  } else if (entry.key == "inputs") {
    event.inputs = MapOf(*entry.value);
  } else if (entry.key == "action") {
    event.action = text;
  } else if (entry.key == "schedule") {
    event.schedule = text;
  } else if (entry.key == "fork") {
    event.fork = text == "true";
  } else if (entry.key == "pull-request") {
    event.pull_request = std::stoi(text);
  } else {
    return false;
  }
  return true;
}

}  // namespace

YamlNodePtr ReadExpectation(const std::string& name, const std::string& text) {
  Findings findings(name + ".expect.yml", text);
  YamlNodePtr root = ReadYaml(text, findings);
  if (!findings.empty()) {
    throw Error(ErrorKind::kInvalid, Format(findings.Take().front(), text));
  }
  if (root == nullptr || root->kind != YamlNode::Kind::kMap) {
    throw Error(ErrorKind::kInvalid, name + ".expect.yml isn't a map");
  }
  return root;
}

RunSetting ReadSetting(const YamlNode& run) {
  RunSetting setting;
  setting.options.jobs = 1;
  setting.options.run_id = "1";
  for (const YamlNode::Entry& entry : run.entries) {
    const YamlNode& value = *entry.value;
    if (ReadEvent(entry, setting.event)) {
      continue;
    }
    if (entry.key == "steps") {
      setting.options.only_steps = TextsOf(value);
    } else if (entry.key == "matrix") {
      for (const auto& [axis, picked] : MapOf(value)) {
        setting.options.matrix.emplace_back(axis, picked);
      }
    } else if (entry.key == "env") {
      setting.options.env = MapOf(value);
    } else if (entry.key == "jobs") {
      setting.options.jobs = std::stoi(value.text);
    } else if (entry.key == "push") {
      setting.options.push = value.text == "true";
    } else if (entry.key == "may-start") {
      setting.may_start = value.text == "true";
    } else if (entry.key == "fast") {
      setting.options.fast = value.text == "true";
    } else if (entry.key == "changed") {
      setting.changed = TextsOf(value);
    } else if (entry.key == "only-if-triggered") {
      setting.options.only_if_triggered = value.text == "true";
    } else if (entry.key == "cancel-in") {
      setting.cancel_in = value.text;
    } else if (entry.key == "files") {
      setting.files = MapOf(value);
    } else {
      throw UnknownKey(entry, "run");
    }
  }
  return setting;
}

std::vector<std::string> TextsOf(const YamlNode& value) {
  std::vector<std::string> texts;
  for (const YamlNodePtr& item : value.items) {
    texts.push_back(item->text);
  }
  return texts;
}

std::map<std::string, std::string> MapOf(const YamlNode& value) {
  std::map<std::string, std::string> map;
  for (const YamlNode::Entry& entry : value.entries) {
    map[entry.key] = entry.value->text;
  }
  return map;
}

Error UnknownKey(const YamlNode::Entry& entry, std::string_view where) {
  return {ErrorKind::kInvalid, "line " + std::to_string(entry.at.line) + ": `" + entry.key +
                                   "` isn't a key of " + std::string(where)};
}

void Differences::Compare(std::string_view what, const YamlNode& expected,
                          const std::string& found) {
  if (expected.text != found) {
    Add(std::string(what) + ": expected \"" + expected.text + "\", found \"" + found + "\"");
  }
}

void Differences::Compare(std::string_view what, const YamlNode& expected,
                          const std::vector<std::string>& found) {
  const std::vector<std::string> texts = TextsOf(expected);
  if (texts != found) {
    Add(std::string(what) + ": expected " + Joined(texts) + ", found " + Joined(found));
  }
}

void Differences::CompareSome(std::string_view what, const YamlNode& expected,
                              const std::map<std::string, std::string>& found) {
  for (const YamlNode::Entry& entry : expected.entries) {
    const auto has = found.find(entry.key);
    const std::string where = std::string(what) + "." + entry.key;
    if (has == found.end()) {
      Add(where + " is missing");
    } else {
      Compare(where, *entry.value, has->second);
    }
  }
}

}  // namespace pipeline
