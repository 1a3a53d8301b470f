#include "runner/serve/config.h"

#include <strings.h>

#include <algorithm>
#include <functional>
#include <utility>

#include "pipeline/findings.h"
#include "pipeline/suggestion.h"
#include "pipeline/yaml_reader.h"
#include "runtime/base/error.h"
#include "runtime/base/files.h"
#include "runtime/base/http.h"
#include "runtime/base/terminal_text.h"
#include "webhooks/payload_checks.h"

namespace runner::serve {
namespace {

using pipeline::Findings;
using pipeline::YamlNode;
using Entry = YamlNode::Entry;

// What to do with each key of a section.
using Keys = std::vector<std::pair<std::string_view, std::function<void(const Entry&)>>>;

class ConfigReader {
 public:
  ConfigReader(Config& config, Findings& findings) : config_(config), findings_(findings) {}

  void Read(const YamlNode& file) {
    ReadSection(file, "the configuration",
                {{"listen", [&](const Entry& e) { ReadListen(e); }},
                 {"url", [&](const Entry& e) { ReadUrl(e); }},
                 {"root", [&](const Entry& e) { ReadRoot(e); }},
                 {"github", [&](const Entry& e) { ReadGithub(e); }},
                 {"repositories", [&](const Entry& e) { ReadRepositories(e); }}});
    if (config_.webhook_secrets.empty() && findings_.empty()) {
      Add(file.at, "C104",
          "`github: webhook-secrets:` needs at least one secret: an unsigned webhook "
          "could come from anybody");
    }
    if (!has_url_ && !config_.listen.is_unix()) {
      config_.url = "http://" + listen_text_;
    }
  }

 private:
  void Add(pipeline::Position at, std::string_view code, std::string message) {
    findings_.Add(at, code, std::move(message));
  }

  void ReadSection(const YamlNode& node, const std::string& where, const Keys& keys) {
    if (node.kind != YamlNode::Kind::kMap) {
      return Add(node.at, "C102", where + " must be a map of keys to values");
    }
    for (const Entry& entry : node.entries) {
      const auto known = std::find_if(keys.begin(), keys.end(),
                                      [&](const auto& key) { return key.first == entry.key; });
      if (known != keys.end()) {
        known->second(entry);
        continue;
      }
      std::vector<std::string_view> names;
      for (const auto& key : keys) {
        names.push_back(key.first);
      }
      Add(entry.at, "C101",
          "unknown key `" + entry.key + "` in " + where + pipeline::DidYouMean(entry.key, names));
    }
  }

  // The text, or nothing and a finding.
  std::string Text(const YamlNode& node, std::string_view key) {
    if (node.kind == YamlNode::Kind::kScalar && !node.text.empty()) {
      return node.text;
    }
    Add(node.at, "C102", "`" + std::string(key) + "` needs a text");
    return "";
  }

  std::string SecretReference(const YamlNode& node, std::string_view key,
                              SecretForm form = SecretForm::kAny) {
    std::string text = Text(node, key);
    if (!text.empty() && !IsSecretReference(text)) {
      // Not the value itself: it may be the secret.
      Add(node.at, "C103",
          "`" + std::string(key) +
              "` takes a reference to a secret: file:PATH, env:NAME or "
              "command:PROGRAM ARGS");
      return "";
    }
    config_.placed_secrets.push_back({text, form, node.at.line, node.at.column});
    return text;
  }

  void ReadListen(const Entry& entry) {
    const std::string text = Text(*entry.value, entry.key);
    const auto address = ParseListenAddress(text);
    if (!text.empty() && !address) {
      Add(entry.value->at, "C103",
          "`listen` takes IP:PORT, [IPV6]:PORT or unix:/PATH, not \"" + text + "\"");
    } else if (address) {
      config_.listen = *address;
      listen_text_ = text;
    }
  }

  void ReadUrl(const Entry& entry) {
    std::string text = Text(*entry.value, entry.key);
    text.erase(text.find_last_not_of('/') + 1);
    has_url_ = true;
    if (!text.empty() && !runtime::base::ParseUrl(text)) {
      Add(entry.value->at, "C103", "`url` takes an http or https URL");
    }
    config_.url = text;
  }

  void ReadRoot(const Entry& entry) {
    config_.root = Text(*entry.value, entry.key);
    if (!config_.root.empty() && !config_.root.is_absolute()) {
      Add(entry.value->at, "C103", "`root` takes an absolute path");
    }
  }

  void ReadGithub(const Entry& entry) {
    ReadSection(*entry.value, "`github`",
                {{"api", [&](const Entry& e) { ReadApi(e); }},
                 {"webhook-secrets", [&](const Entry& e) { ReadWebhookSecrets(e); }},
                 {"token", [&](const Entry& e) {
                    config_.github_token = SecretReference(*e.value, e.key);
                  }}});
  }

  void ReadApi(const Entry& entry) {
    std::string text = Text(*entry.value, entry.key);
    text.erase(text.find_last_not_of('/') + 1);
    const auto url = runtime::base::ParseUrl(text);
    if (!text.empty() &&
        (!url || (url->scheme != "https" && !runtime::base::IsLoopback(url->host)))) {
      Add(entry.value->at, "C103",
          "`api` takes an https URL: the token must not travel in the clear");
    }
    config_.github_api = text;
  }

  void ReadWebhookSecrets(const Entry& entry) {
    if (entry.value->kind != YamlNode::Kind::kList || entry.value->items.empty()) {
      return Add(entry.value->at, "C102", "`webhook-secrets` needs a list of at least one secret");
    }
    for (const auto& item : entry.value->items) {
      config_.webhook_secrets.push_back(SecretReference(*item, entry.key));
    }
  }

  void ReadRepositories(const Entry& entry) {
    if (entry.value->kind != YamlNode::Kind::kList) {
      return Add(entry.value->at, "C102", "`repositories` needs a list");
    }
    for (const auto& item : entry.value->items) {
      RepositoryConfig repository;
      CloneCredential& credential = repository.credential;
      ReadSection(
          *item, "a repository",
          {{"name", [&](const Entry& e) { ReadName(e, repository); }},
           {"clone", [&](const Entry& e) { ReadClone(e, repository); }},
           {"credential", [&](const Entry& e) { ReadCredential(e, credential); }},
           {"ssh-key",
            [&](const Entry& e) {
              credential.ssh_key = SecretReference(*e.value, e.key, SecretForm::kPrivateKey);
            }},
           {"known-hosts",
            [&](const Entry& e) { credential.known_hosts = SecretReference(*e.value, e.key); }},
           {"secrets", [&](const Entry& e) { ReadSecrets(e, repository); }},
           {"network-allow", [&](const Entry& e) { ReadNetworkAllow(e, repository); }},
           {"volume-allow", [&](const Entry& e) { ReadVolumeAllow(e, repository); }}});
      if (findings_.empty()) {
        CheckCredential(*item, repository);
      }
      if (repository.name.empty() && item->kind == YamlNode::Kind::kMap && findings_.empty()) {
        Add(item->at, "C104", "a repository needs a `name`: OWNER/NAME");
      }
      config_.repositories.push_back(std::move(repository));
    }
  }

  void ReadName(const Entry& entry, RepositoryConfig& repository) {
    const std::string text = Text(*entry.value, entry.key);
    if (!text.empty() && !webhooks::IsRepositoryName(text)) {
      Add(entry.value->at, "C103", "`name` takes OWNER/NAME, not \"" + text + "\"");
    } else if (config_.Find(text) != nullptr) {
      Add(entry.value->at, "C103", "the repository " + text + " is there twice");
    }
    repository.name = text;
  }

  void ReadNetworkAllow(const Entry& entry, RepositoryConfig& repository) {
    if (entry.value->kind != YamlNode::Kind::kList) {
      return Add(entry.value->at, "C102", "`network-allow` needs a list");
    }
    for (const auto& item : entry.value->items) {
      const std::string text = Text(*item, entry.key);
      if (const auto range = runtime::network::IpNetwork::Parse(text)) {
        repository.network_allow.push_back(*range);
      } else if (!text.empty()) {
        Add(item->at, "C103",
            "`network-allow` takes addresses and ranges such as 10.1.0.0/16, not \"" + text + "\"");
      }
    }
  }

  void ReadVolumeAllow(const Entry& entry, RepositoryConfig& repository) {
    if (entry.value->kind != YamlNode::Kind::kList) {
      return Add(entry.value->at, "C102", "`volume-allow` needs a list");
    }
    for (const auto& item : entry.value->items) {
      const std::string text = Text(*item, entry.key);
      if (text.starts_with('/')) {
        repository.volume_allow.emplace_back(text);
      } else if (!text.empty()) {
        Add(item->at, "C103",
            "`volume-allow` takes absolute paths of this host, not \"" + text + "\"");
      }
    }
  }

  void ReadClone(const Entry& entry, RepositoryConfig& repository) {
    repository.clone = Text(*entry.value, entry.key);
    if (!repository.clone.empty() && !webhooks::IsRemoteCloneUrl(repository.clone) &&
        !repository.clone.starts_with("file:///")) {
      Add(entry.value->at, "C103",
          "`clone` takes an https, http, ssh, git or file URL without a password");
    }
  }

  void ReadCredential(const Entry& entry, CloneCredential& credential) {
    ReadSection(*entry.value, "`credential`",
                {{"username", [&](const Entry& e) { ReadUsername(e, credential); }},
                 {"password", [&](const Entry& e) {
                    credential.password = SecretReference(*e.value, e.key, SecretForm::kLine);
                  }}});
    if (credential.password.empty() && findings_.empty()) {
      Add(entry.at, "C104",
          "`credential` needs a `password`: a reference to the password or token");
    }
  }

  void ReadUsername(const Entry& entry, CloneCredential& credential) {
    credential.username = Text(*entry.value, entry.key);
    // RFC 7617: the first colon ends it.
    if (credential.username.find(':') != std::string::npos ||
        runtime::base::ForMessage(credential.username) != credential.username) {
      Add(entry.value->at, "C103", "`username` takes a text without \":\" and control characters");
    }
  }

  // Of a repository whose keys are read: do they belong together?
  void CheckCredential(const YamlNode& node, const RepositoryConfig& repository) {
    const auto add = [&](std::string_view key, std::string_view code, std::string message) {
      const auto at = std::find_if(node.entries.begin(), node.entries.end(),
                                   [&](const Entry& entry) { return entry.key == key; });
      Add(at == node.entries.end() ? node.at : at->at, code, std::move(message));
    };
    const CloneCredential& credential = repository.credential;
    const std::string key = credential.ssh_key.empty() ? "credential" : "ssh-key";
    if (!credential.ssh_key.empty() && !credential.password.empty()) {
      return add(key, "C103", "either `credential` (http) or `ssh-key` (ssh), not both");
    }
    if (credential.ssh_key.empty() != credential.known_hosts.empty()) {
      return add(credential.ssh_key.empty() ? "known-hosts" : key, "C104",
                 "`ssh-key` and `known-hosts` need each other: known-hosts has the lines of "
                 "`ssh-keyscan HOST`, checked against what the host publishes");
    }
    if (credential.empty()) {
      return;
    }
    if (repository.clone.empty()) {
      return add(
          key, "C104",
          "`" + key + "` needs `clone`: it is sent to that address, never to one of a payload");
    }
    if (!credential.ssh_key.empty()) {
      if (!repository.clone.starts_with("ssh://")) {
        add(key, "C103", "`ssh-key` is for a `clone` that begins with ssh://");
      }
      return;
    }
    const auto url = runtime::base::ParseUrl(repository.clone);
    if (!url || (url->scheme != "https" && !runtime::base::IsLoopback(url->host))) {
      add(key, "C103",
          "`credential` is for a `clone` that begins with https://: a password must not travel in "
          "the clear (http:// only to this host itself)");
    }
  }

  void ReadSecrets(const Entry& entry, RepositoryConfig& repository) {
    if (entry.value->kind != YamlNode::Kind::kMap) {
      return Add(entry.value->at, "C102", "`secrets` needs a map of names to secrets");
    }
    for (const Entry& secret : entry.value->entries) {
      repository.secrets[secret.key] =
          SecretReference(*secret.value, secret.key, SecretForm::kForSteps);
    }
  }

  Config& config_;
  Findings& findings_;
  std::string listen_text_ = "127.0.0.1:8080";
  bool has_url_ = false;
};

// Secrets that can't be read.
std::vector<pipeline::Diagnostic> CheckSecrets(const Config& config, const std::string& file,
                                               std::string_view text) {
  Findings findings(file, text);
  for (const PlacedSecret& secret : config.placed_secrets) {
    try {
      ResolveSecret(secret.reference, secret.form);
    } catch (const runtime::base::Error& e) {
      findings.Add({secret.line, secret.column}, "C105", e.what());
    }
  }
  return findings.Take();
}

}  // namespace

const RepositoryConfig* Config::Find(std::string_view repository) const {
  const auto found =
      std::find_if(repositories.begin(), repositories.end(), [&](const RepositoryConfig& r) {
        return r.name.size() == repository.size() &&
               ::strncasecmp(r.name.data(), repository.data(), repository.size()) == 0;
      });
  return found == repositories.end() ? nullptr : &*found;
}

ConfigReading ReadConfig(const std::string& file, std::string_view text) {
  ConfigReading reading;
  Findings findings(file, text);
  if (const pipeline::YamlNodePtr root = pipeline::ReadYaml(text, findings)) {
    ConfigReader(reading.config, findings).Read(*root);
  } else if (findings.empty()) {
    findings.Add({}, "C104",
                 "the configuration is empty: it needs at least `github: webhook-secrets:`");
  }
  reading.findings = findings.Take();
  return reading;
}

Config LoadConfig(const std::filesystem::path& path) {
  const std::string text = runtime::base::ReadFile(path, pipeline::kMaxFileBytes);
  ConfigReading reading = ReadConfig(path.native(), text);
  if (reading.findings.empty()) {
    reading.findings = CheckSecrets(reading.config, path.native(), text);
  }
  if (reading.findings.empty()) {
    return std::move(reading.config);
  }
  std::string message;
  for (const pipeline::Diagnostic& finding : reading.findings) {
    message += pipeline::Format(finding, text);
  }
  message.pop_back();  // who shows it ends the last line
  throw runtime::base::Error(runtime::base::ErrorKind::kUsage, message);
}

}  // namespace runner::serve
