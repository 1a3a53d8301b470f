#include "pipeline/step_option_parser.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <memory>

#include "pipeline/key_table.h"
#include "pipeline/section_reader.h"
#include "pipeline/step_parser.h"
#include "pipeline/workspace_path.h"
#include "runtime/base/text.h"

namespace pipeline {
namespace {

constexpr size_t kMaxSecretName = 63;
constexpr uint32_t kMaxRetries = 10;

std::vector<std::string> ReadGlobs(const YamlNode::Entry& entry, Findings& findings) {
  std::vector<std::string> globs = ReadTexts(*entry.value);
  for (const std::string& glob : globs) {
    if (!IsWorkspacePath(glob)) {
      findings.Add(entry.value->at, "E501",
                   "\"" + glob + "\" leaves the workspace; globs are relative to it");
    }
  }
  return globs;
}

uint32_t ReadRetryTimes(const YamlNode& value, Findings& findings) {
  const auto times = runtime::base::ParseInteger<uint32_t>(value.text);
  if (!times || *times > kMaxRetries) {
    findings.Add(value.at, "E110",
                 "a step is retried from 0 to " + std::to_string(kMaxRetries) + " times, not \"" +
                     value.text + "\"");
    return 0;
  }
  return *times;
}

void ReadRetryOn(const Key& key, const YamlNode& value, RetrySpec& retry, Findings& findings) {
  std::array<bool, 5> on = {};
  for (const YamlNode* item : TextNodes(value)) {
    if (const auto choice = ReadChoice(key, *item, findings)) {
      on.at(*choice) = true;
    }
  }
  retry.on_exit = on[0];
  retry.on_signal = on[1];
  retry.on_out_of_memory = on[2];
  retry.on_timeout = on[3];
  retry.on_infrastructure = on[4];
}

bool IsSecretName(const std::string& name) {
  return !name.empty() && name.size() <= kMaxSecretName &&
         std::isalnum(static_cast<unsigned char>(name.front())) != 0 &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-' ||
                  c == '.';
         });
}

// A text is short for the path alone.
void ReadCache(const YamlNode& value, TemplateReader& templates, std::vector<CacheSpec>& caches,
               Findings& findings) {
  CacheSpec cache;
  const auto take_path = [&](const YamlNode& path) {
    cache.path = path.text;
    if (cache.path.find("${{") != std::string::npos) {
      findings.Add(path.at, "E404", "the path of a cache takes no `${{ }}`; its `key` does");
    } else if (cache.path.starts_with('~') ||
               (!IsWorkspacePath(cache.path) && !IsImagePath(cache.path))) {
      findings.Add(
          path.at, "E501",
          "\"" + cache.path +
              "\" must be an absolute path, such as /root/.cache, or one in the workspace");
    }
  };
  if (value.kind == YamlNode::Kind::kScalar) {
    take_path(value);
    caches.push_back(std::move(cache));
    return;
  }
  ReadSection(value, Section::kCache, findings, [&](const Key& key, const YamlNode::Entry& entry) {
    if (key.name == "path") {
      take_path(*entry.value);
    } else if (key.name == "key") {
      cache.key_source = templates.ReadTemplate(*entry.value, kInStep);
    } else {
      cache.trusted_only = ReadFlag(entry, findings);
    }
  });
  if (value.kind == YamlNode::Kind::kMap) {
    RequireKey(HasKey(value, "path"), value.at, Section::kCache, "path", findings);
  }
  caches.push_back(std::move(cache));
}

}  // namespace

TestsSpec ReadTests(const YamlNode::Entry& section, Findings& findings) {
  TestsSpec tests;
  ReadSection(*section.value, Section::kTests, findings,
              [&](const Key& key, const YamlNode::Entry& entry) {
                if (key.name == "junit") {
                  tests.junit = ReadGlobs(entry, findings);
                  return;
                }
                std::array<bool, 3> on = {false, false, false};
                for (const YamlNode* item : TextNodes(*entry.value)) {
                  if (const auto choice = ReadChoice(key, *item, findings)) {
                    on.at(*choice) = true;
                  }
                }
                tests.fail_on_failure = on[0];
                tests.fail_on_error = on[1];
                tests.fail_on_no_tests = on[2];
              });
  RequireKey(HasKey(*section.value, "junit"), section.at, Section::kTests, "junit", findings);
  return tests;
}

ArtifactsSpec ReadArtifacts(const YamlNode::Entry& section, Findings& findings) {
  ArtifactsSpec artifacts;
  if (section.value->kind != YamlNode::Kind::kMap) {
    // The short form: globs only. Its shape is checked as that of `paths`.
    auto paths = std::make_shared<YamlNode>();
    paths->kind = YamlNode::Kind::kMap;
    paths->at = section.at;
    paths->entries.push_back({"paths", section.at, section.value});
    return ReadArtifacts({section.key, section.at, paths}, findings);
  }
  ReadSection(*section.value, Section::kArtifacts, findings,
              [&](const Key& key, const YamlNode::Entry& entry) {
                if (key.name == "paths") {
                  artifacts.paths = ReadGlobs(entry, findings);
                } else {
                  artifacts.when = static_cast<ArtifactsSpec::When>(
                      ReadChoice(key, *entry.value, findings).value_or(0));
                }
              });
  RequireKey(HasKey(*section.value, "paths"), section.at, Section::kArtifacts, "paths", findings);
  return artifacts;
}

std::vector<std::string> NamesOf(const std::vector<SecretUse>& secrets) {
  std::vector<std::string> names;
  for (const SecretUse& secret : secrets) {
    names.push_back(secret.name);
  }
  return names;
}

std::vector<SecretUse> ReadSecrets(const YamlNode::Entry& section, Findings& findings) {
  std::vector<SecretUse> secrets;
  const auto add = [&](const std::string& name, Position at, std::string variable) {
    if (!IsSecretName(name)) {
      findings.Add(at, "E111",
                   "\"" + name + "\" can't be a secret's name: letters, digits, '_', '-' and '.'");
    }
    secrets.push_back({name, std::move(variable)});
  };
  if (section.value->kind != YamlNode::Kind::kMap) {
    for (const YamlNode* item : TextNodes(*section.value)) {
      add(item->text, item->at, "");
    }
  }
  for (const YamlNode::Entry& entry : section.value->entries) {
    std::string variable;
    if (entry.value->kind != YamlNode::Kind::kNull) {
      ReadSection(*entry.value, Section::kSecret, findings,
                  [&](const Key& /*env*/, const YamlNode::Entry& env) {
                    variable = env.value->text;
                    CheckVariableName(variable, env.value->at, findings);
                  });
    }
    add(entry.key, entry.at, variable);
  }
  return secrets;
}

std::vector<VolumeSpec> ReadVolumes(const YamlNode::Entry& entry, Findings& findings) {
  std::vector<VolumeSpec> volumes;
  for (const YamlNode* item : TextNodes(*entry.value)) {
    std::string error;
    if (const std::optional<VolumeSpec> volume = ParseVolume(item->text, error)) {
      volumes.push_back(*volume);
    } else {
      findings.Add(item->at, "E507", error);
    }
  }
  return volumes;
}

std::vector<CacheSpec> ReadCaches(const YamlNode::Entry& entry, TemplateReader& templates,
                                  Findings& findings) {
  std::vector<CacheSpec> caches;
  if (entry.value->kind != YamlNode::Kind::kList) {
    ReadCache(*entry.value, templates, caches, findings);
  }
  for (const YamlNodePtr& item : entry.value->items) {
    ReadCache(*item, templates, caches, findings);
  }
  return caches;
}

RetrySpec ReadRetry(const YamlNode::Entry& section, Findings& findings) {
  RetrySpec retry;
  if (section.value->kind != YamlNode::Kind::kMap) {
    retry.times = ReadRetryTimes(*section.value, findings);
    return retry;
  }
  ReadSection(*section.value, Section::kRetry, findings,
              [&](const Key& key, const YamlNode::Entry& entry) {
                if (key.name == "times") {
                  retry.times = ReadRetryTimes(*entry.value, findings);
                } else {
                  ReadRetryOn(key, *entry.value, retry, findings);
                }
              });
  RequireKey(HasKey(*section.value, "times"), section.at, Section::kRetry, "times", findings);
  return retry;
}

}  // namespace pipeline
