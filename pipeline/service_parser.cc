#include "pipeline/service_parser.h"

#include <algorithm>
#include <cctype>
#include <string>

#include "pipeline/action_parser.h"
#include "pipeline/section_reader.h"
#include "pipeline/shell_script.h"
#include "pipeline/step_parser.h"

namespace pipeline {
namespace {

// A name of a host (RFC 1123), in small letters.
bool IsHostName(std::string_view name) {
  const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  return !name.empty() && name.size() <= 63 && plain(name.front()) && plain(name.back()) &&
         std::all_of(name.begin(), name.end(), [&](char c) { return plain(c) || c == '-'; });
}

void ReadPort(const YamlNode::Entry& entry, ReadySpec& ready, Findings& findings) {
  const uint32_t port = ReadCount(entry, findings).value_or(1);
  if (port > 65535) {
    findings.Add(entry.value->at, "E111",
                 "\"" + entry.value->text + "\" isn't a port; they go from 1 to 65535");
    return;
  }
  ready.port = static_cast<uint16_t>(port);
}

ReadySpec ReadReady(const YamlNode::Entry& section, Findings& findings) {
  ReadySpec ready;
  ReadSection(
      *section.value, Section::kReady, findings, [&](const Key& key, const YamlNode::Entry& entry) {
        if (key.name == "port") {
          ReadPort(entry, ready, findings);
        } else if (key.name == "http") {
          ready.http = entry.value->text;
          if (!ready.http.starts_with('/')) {
            findings.Add(entry.value->at, "E111",
                         "`http` must be a path such as /health; `port` says where");
          }
        } else if (key.name == "run") {
          ready.run = ReadTexts(*entry.value);
          if (ready.run.empty()) {
            findings.Add(entry.value->at, "E111", "`run` needs a program as its first text");
          }
        } else {
          ready.within = ReadTimeout(entry, findings).value_or(ready.within);
        }
      });
  const bool http = HasKey(*section.value, "http");
  if (http) {
    RequireKey(HasKey(*section.value, "port"), section.at, Section::kReady, "port", findings);
  }
  if (HasKey(*section.value, "run") && (http || HasKey(*section.value, "port"))) {
    findings.Add(section.at, "E106", "`ready` asks either a port or a command; remove one");
  }
  return ready;
}

// As for `argv` of a step: what a shell is given holds nothing that a stranger wrote.
std::vector<Template> ReadCommand(const YamlNode::Entry& entry, NameUse use,
                                  TemplateReader& templates, Findings& findings) {
  const std::vector<YamlNodePtr>& items = entry.value->items;
  if (items.empty() || items.front()->text.empty()) {
    findings.Add(entry.value->at, "E111", "`argv` needs a program as its first text");
    return {};
  }
  std::vector<Template> command;
  for (const YamlNodePtr& item : items) {
    command.push_back(
        templates.ReadTemplate(*item, IsShell(items.front()->text) ? kInShellText : use));
  }
  return command;
}

ServiceSpec ReadService(const YamlNode::Entry& section, NameUse use, TemplateReader& templates,
                        Findings& findings) {
  ServiceSpec service;
  service.name = section.key;
  ReadSection(*section.value, Section::kService, findings,
              [&](const Key& key, const YamlNode::Entry& entry) {
                if (key.name == "image") {
                  service.image_source = templates.ReadTemplate(*entry.value, use);
                } else if (key.name == "env") {
                  service.env_source = ReadEnv(*entry.value, use, templates, findings);
                } else if (key.name == "argv") {
                  service.argv_source = ReadCommand(entry, use, templates, findings);
                } else if (key.name == "user") {
                  service.user = entry.value->text;
                } else if (key.name == "limits") {
                  service.limits = ReadLimits(entry, findings);
                } else {
                  service.ready = ReadReady(entry, findings);
                }
              });
  if (section.value->kind == YamlNode::Kind::kMap) {
    RequireKey(HasKey(*section.value, "image"), section.at, Section::kService, "image", findings);
  }
  return service;
}

}  // namespace

std::vector<ServiceSpec> ReadServices(const YamlNode::Entry& entry, NameUse use,
                                      TemplateReader& templates, Findings& findings) {
  std::vector<ServiceSpec> services;
  for (const YamlNode::Entry& service : entry.value->entries) {
    if (!IsHostName(service.key)) {
      findings.Add(service.at, "E111",
                   "\"" + service.key +
                       "\" can't be a service, which is reached by its name: small letters, digits "
                       "and '-' between them, at most 63");
      continue;
    }
    services.push_back(ReadService(service, use, templates, findings));
  }
  return services;
}

}  // namespace pipeline
