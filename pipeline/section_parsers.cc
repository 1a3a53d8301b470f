#include "pipeline/section_parsers.h"

#include <algorithm>
#include <filesystem>

#include "pipeline/section_reader.h"
#include "pipeline/workspace_path.h"
#include "runtime/base/text.h"

namespace pipeline {

CloneSpec ReadClone(const YamlNode::Entry& section, Findings& findings) {
  CloneSpec clone;
  const YamlNode::Entry* image = nullptr;
  ReadSection(
      *section.value, Section::kClone, findings, [&](const Key& key, const YamlNode::Entry& entry) {
        if (key.name == "submodules") {
          clone.submodules = static_cast<CloneSpec::Submodules>(
              ReadChoice(key, *entry.value, findings).value_or(0));
        } else if (key.name == "lfs") {
          clone.lfs = ReadFlag(entry, findings);
        } else if (key.name == "depth") {
          const auto depth = runtime::base::ParseInteger<uint32_t>(entry.value->text);
          clone.history = entry.value->text != "none";
          clone.depth = depth.value_or(0);
          if (!depth && clone.history) {
            findings.Add(
                entry.value->at, "E110",
                "`depth` is a number of commits, 0 for all of them, or none for no `.git`");
          }
        } else if (key.name == "image") {
          clone.image = entry.value->text;
          image = &entry;
          if (clone.image.empty()) {
            findings.Add(entry.value->at, "E111",
                         "`image` is empty; write a reference of one that has git");
          }
        } else {
          if (!IsWorkspacePath(entry.value->text)) {
            findings.Add(entry.value->at, "E501",
                         "\"" + entry.value->text + "\" leaves the workspace");
          }
          // "./src/" is "src", and "." the workspace.
          const std::filesystem::path path =
              (std::filesystem::path(entry.value->text) / "").lexically_normal().parent_path();
          if (std::find(path.begin(), path.end(), ".git") != path.end()) {
            findings.Add(entry.value->at, "E501", "\"" + entry.value->text + "\" is git's own");
          }
          clone.path = path;
        }
      });
  if (image != nullptr && clone.lfs) {
    findings.Add(image->at, "E106",
                 "`image` doesn't go with `lfs`: its git would put the pointers back");
  }
  if (image != nullptr && !clone.history) {
    findings.Add(image->at, "E106",
                 "`image` doesn't go with `depth: none`: its git reads the files from `.git`");
  }
  return clone;
}

namespace {

Template ReadGroup(const YamlNode& value, TemplateReader& templates, Findings& findings) {
  if (value.text.size() > kMaxGroupBytes) {
    findings.Add(value.at, "E111",
                 "the name of the group is " + std::to_string(value.text.size()) +
                     " bytes long; write one of at most " + std::to_string(kMaxGroupBytes));
  }
  return templates.ReadTemplate(value, kOfTheRun);
}

}  // namespace

ConcurrencySpec ReadConcurrency(const YamlNode::Entry& section, TemplateReader& templates,
                                Findings& findings) {
  ConcurrencySpec concurrency;
  if (section.value->kind != YamlNode::Kind::kMap) {
    concurrency.group = ReadGroup(*section.value, templates, findings);
    return concurrency;
  }
  ReadSection(*section.value, Section::kConcurrency, findings,
              [&](const Key& key, const YamlNode::Entry& entry) {
                if (key.name == "group") {
                  concurrency.group = ReadGroup(*entry.value, templates, findings);
                } else if (key.name == "limit") {
                  concurrency.limit = ReadCount(entry, findings).value_or(1);
                } else {
                  concurrency.cancel_superseded = ReadFlag(entry, findings);
                }
              });
  RequireKey(HasKey(*section.value, "group"), section.at, Section::kConcurrency, "group", findings);
  return concurrency;
}

}  // namespace pipeline
