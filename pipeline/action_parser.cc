#include "pipeline/action_parser.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "pipeline/push_target.h"
#include "pipeline/run_facts.h"
#include "pipeline/section_reader.h"
#include "pipeline/shell_script.h"
#include "pipeline/step_parser.h"
#include "pipeline/workspace_path.h"

namespace pipeline {
namespace {

constexpr std::array<std::pair<std::string_view, unsigned>, 4> kActions = {{
    {"run", kRunStep},
    {"argv", kArgvStep},
    {"image-build", kImageBuildStep},
    {"push", kPushStep},
}};

void ReadImage(const YamlNode& value, CommandAction& command, TemplateReader& templates,
               Findings& findings) {
  if (value.text.starts_with("./") || value.text.starts_with("/")) {
    findings.Add(value.at, "E103",
                 "a path to a Dockerfile as `image` is not in this version; build it with an "
                 "`image-build` step (from, copy)");
    return;
  }
  if (value.text.empty()) {
    findings.Add(value.at, "E111", "`image` is empty; write a reference such as debian:12");
    return;
  }
  command.image = templates.ReadTemplate(value, kInStep);
}

void ReadArgv(const YamlNode::Entry& entry, CommandAction& command, TemplateReader& templates,
              Findings& findings) {
  const std::vector<YamlNodePtr>& items = entry.value->items;
  if (items.empty() || items.front()->text.empty()) {
    findings.Add(entry.value->at, "E111", "`argv` needs a program as its first text");
    return;
  }
  const NameUse use = IsShell(items.front()->text) ? kInShellText : kInStep;
  for (const YamlNodePtr& item : items) {
    command.argv_source.push_back(templates.ReadTemplate(*item, use));
  }
}

void ReadRun(const YamlNode::Entry& entry, CommandAction& command, TemplateReader& templates,
             Findings& findings) {
  // Checked line by line, so that positions are right, then taken as one text.
  if (entry.value->kind == YamlNode::Kind::kList) {
    for (const YamlNodePtr& item : entry.value->items) {
      templates.ReadTemplate(*item, kInShellText);
    }
  } else {
    templates.ReadTemplate(*entry.value, kInShellText);
  }
  std::string script;
  for (const std::string& line : ReadTexts(*entry.value)) {
    script += (script.empty() ? "" : "\n") + line;
  }
  if (script.find_first_not_of(" \t\n") == std::string::npos) {
    findings.Add(entry.value->at, "E111", "`run` is empty; write what the step does");
  }
  if (script.size() > kMaxScriptBytes) {
    findings.Add(entry.value->at, "E111",
                 "`run` is longer than 128 KiB, which is more than Linux passes to a program; put "
                 "it into a file of the repository");
  }
  Expression::ParseError error;
  command.argv_source.push_back(Template::Parse(script, error).value_or(Template::Literal(script)));
  command.needs_shell = true;
}

void ReadNetwork(const Key& key, const YamlNode& value, CommandAction& command,
                 Findings& findings) {
  if (const auto choice = ReadChoice(key, value, findings)) {
    command.network = static_cast<Network>(*choice);
  }
}

void ReadEgress(const YamlNode::Entry& entry, CommandAction& command, Findings& findings) {
  command.egress.emplace();
  for (const YamlNode* item : TextNodes(*entry.value)) {
    if (const std::optional<EgressTarget> target = ParseEgressTarget(item->text)) {
      command.egress->push_back(*target);
    } else {
      findings.Add(item->at, "E111",
                   "\"" + item->text +
                       "\" isn't HOST:PORT, such as registry.example.org:443 or [2001:db8::1]:443");
    }
  }
}

void ReadCopies(const YamlNode::Entry& entry, ImageBuildAction& build, Findings& findings) {
  for (const YamlNode::Entry& copy : entry.value->entries) {
    if (!IsWorkspacePath(copy.key)) {
      findings.Add(copy.at, "E501",
                   "\"" + copy.key + "\" leaves the workspace; `copy` takes relative paths");
    } else if (!IsImagePath(copy.value->text)) {
      findings.Add(copy.value->at, "E501",
                   "\"" + copy.value->text + "\" isn't an absolute path; say where in the image");
    } else {
      build.copies.push_back({copy.key, copy.value->text});
    }
  }
}

std::map<std::string, Template> ReadLabels(const YamlNode& map, TemplateReader& templates) {
  std::map<std::string, Template> labels;
  for (const YamlNode::Entry& entry : map.entries) {
    labels[entry.key] = templates.ReadTemplate(*entry.value, kInStep);
  }
  return labels;
}

void ReadPorts(const YamlNode::Entry& entry, ImageBuildAction& build, Findings& findings) {
  build.expose = ReadTexts(*entry.value);
  for (const std::string& port : build.expose) {
    const std::string number = port.substr(0, port.find('/'));
    const std::string protocol = port.substr(number.size());
    const bool digits =
        !number.empty() && number.size() <= 5 &&
        std::all_of(number.begin(), number.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (!digits || std::stoul(number) < 1 || std::stoul(number) > 65535 ||
        (protocol != "" && protocol != "/tcp" && protocol != "/udp")) {
      findings.Add(entry.value->at, "E111",
                   "\"" + port + "\" isn't a port; write a number, with /udp where it isn't tcp");
    }
  }
}

void CheckPush(const YamlNode& map, const PushAction& push, Findings& findings) {
  for (const YamlNode::Entry& entry : map.entries) {
    if (entry.key == "image") {
      const std::vector<std::string> names = push.image.Names();
      const auto reference = names.size() == 1 ? ParseStepReference(names.front()) : std::nullopt;
      if (!reference || reference->field != "image" || !push.image.text().starts_with("${{") ||
          !push.image.text().ends_with("}}")) {
        findings.Add(entry.value->at, "E504",
                     "`image` of `push` must be ${{ steps.NAME.image }} of an image-build step");
      }
    } else if (entry.key == "to" && push.to.IsLiteral()) {
      if (const std::string wrong = WhatIsWrongWithRepository(push.to.text()); !wrong.empty()) {
        findings.Add(entry.value->at, "E504", wrong);
      }
    } else if (entry.key == "tags") {
      for (const Template& tag : push.tags) {
        if (tag.IsLiteral() && !IsTag(tag.text())) {
          findings.Add(entry.value->at, "E505", WhatIsWrongWithTag(tag.text()));
        }
      }
    }
  }
}

}  // namespace

unsigned KindOfAction(std::string_view key) {
  for (const auto& [name, bit] : kActions) {
    if (key == name) {
      return bit;
    }
  }
  return 0;
}

unsigned FindStepKind(const YamlNode& step, Position at, Findings& findings) {
  unsigned kinds = 0;
  std::string found;
  int count = 0;
  for (const YamlNode::Entry& entry : step.entries) {
    if (const unsigned bit = KindOfAction(entry.key); bit != 0) {
      kinds |= bit;
      found += (count++ == 0 ? "`" : " and `") + entry.key + "`";
    }
  }
  if (count == 0) {
    findings.Add(at, "E201", "does nothing; write one of `run`, `argv`, `image-build`, `push`");
    return kEveryStep;
  }
  if (count > 1) {
    findings.Add(at, "E202",
                 "has " + found + "; a step does exactly one of them, make it two steps");
    return kEveryStep;
  }
  return kinds;
}

bool ReadCommandKey(const Key& key, const YamlNode::Entry& entry, CommandAction& command,
                    TemplateReader& templates, Findings& findings) {
  if (key.name == "image") {
    ReadImage(*entry.value, command, templates, findings);
  } else if (key.name == "run") {
    ReadRun(entry, command, templates, findings);
  } else if (key.name == "argv") {
    ReadArgv(entry, command, templates, findings);
  } else if (key.name == "limits") {
    command.limits = ReadLimits(entry, findings);
  } else if (key.name == "network") {
    ReadNetwork(key, *entry.value, command, findings);
  } else if (key.name == "egress") {
    ReadEgress(entry, command, findings);
  } else if (key.name == "user") {
    command.user = entry.value->text;
  } else if (key.name == "workdir") {
    command.workdir = entry.value->text;
    if (!IsWorkspacePath(command.workdir) && !IsImagePath(command.workdir)) {
      findings.Add(entry.value->at, "E501", "`workdir` must be a path without \"..\"");
    }
  } else if (key.name == "workspace") {
    command.workspace =
        static_cast<WorkspaceAccess>(ReadChoice(key, *entry.value, findings).value_or(0));
  } else {
    return false;
  }
  return true;
}

Limits ReadLimits(const YamlNode::Entry& section, Findings& findings) {
  Limits limits;
  ReadSection(*section.value, Section::kLimits, findings,
              [&](const Key& key, const YamlNode::Entry& entry) {
                if (key.name == "cpu") {
                  limits.cpus = ReadNumber(entry, findings).value_or(0);
                } else if (key.name == "memory") {
                  limits.memory_bytes = ReadSize(entry, findings).value_or(0);
                } else if (key.name == "disk") {
                  limits.disk_bytes = ReadSize(entry, findings).value_or(0);
                } else if (key.name == "pids") {
                  limits.pids = ReadCount(entry, findings).value_or(0);
                } else if (key.name == "open-files") {
                  limits.open_files = ReadCount(entry, findings).value_or(0);
                }
              });
  return limits;
}

ImageBuildAction ReadImageBuild(const YamlNode::Entry& section, TemplateReader& templates,
                                Findings& findings) {
  ImageBuildAction build;
  ReadSection(*section.value, Section::kImageBuild, findings,
              [&](const Key& key, const YamlNode::Entry& entry) {
                const YamlNode& value = *entry.value;
                if (key.name == "from") {
                  build.from =
                      value.text == "scratch" ? Template() : templates.ReadTemplate(value, kInStep);
                } else if (key.name == "copy") {
                  ReadCopies(entry, build, findings);
                } else if (key.name == "env") {
                  build.env_source = ReadEnv(value, kInStep, templates, findings);
                } else if (key.name == "user") {
                  build.user = value.text;
                } else if (key.name == "workdir") {
                  build.workdir = value.text;
                  if (!IsImagePath(value.text)) {
                    findings.Add(value.at, "E501", "`workdir` of an image must be absolute");
                  }
                } else if (key.name == "entrypoint") {
                  build.entrypoint = ReadTexts(value);
                } else if (key.name == "cmd") {
                  build.cmd = ReadTexts(value);
                } else if (key.name == "labels") {
                  build.labels_source = ReadLabels(value, templates);
                } else if (key.name == "expose") {
                  ReadPorts(entry, build, findings);
                }
              });
  RequireKey(HasKey(*section.value, "from") || HasKey(*section.value, "dockerfile"), section.at,
             Section::kImageBuild, "from", findings);
  return build;
}

PushAction ReadPush(const YamlNode::Entry& section, TemplateReader& templates, Findings& findings) {
  PushAction push;
  ReadSection(*section.value, Section::kPush, findings,
              [&](const Key& key, const YamlNode::Entry& entry) {
                const YamlNode& value = *entry.value;
                if (key.name == "image") {
                  push.image = templates.ReadTemplate(value, kInStep);
                } else if (key.name == "to") {
                  push.to = templates.ReadTemplate(value, kInStep);
                } else if (key.name == "tags" && value.kind == YamlNode::Kind::kList) {
                  for (const YamlNodePtr& tag : value.items) {
                    push.tags.push_back(templates.ReadTemplate(*tag, kInStep));
                  }
                } else if (key.name == "tags") {
                  push.tags.push_back(templates.ReadTemplate(value, kInStep));
                } else if (key.name == "untested") {
                  push.untested = ReadFlag(entry, findings);
                }
              });
  RequireKey(HasKey(*section.value, "image"), section.at, Section::kPush, "image", findings);
  RequireKey(HasKey(*section.value, "to"), section.at, Section::kPush, "to", findings);
  CheckPush(*section.value, push, findings);
  if (push.tags.empty()) {
    push.tags.push_back(Template::Literal("latest"));
  }
  return push;
}

}  // namespace pipeline
