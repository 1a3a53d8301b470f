#include <nlohmann/json.hpp>

#include <cstdlib>

#include "runtime/base/error.h"
#include "runtime/base/files.h"
#include "runtime/registry/credential_helper.h"
#include "runtime/registry/credentials.h"

namespace runtime::registry {
namespace {

using base::Error;
using base::ErrorKind;
using Json = nlohmann::json;

constexpr size_t kMaxFile = 1u << 20;
constexpr char kHubKey[] = "https://index.docker.io/v1/";

// The key under which docker files a host.
std::string KeyOf(const std::string& host) { return host == "docker.io" ? kHubKey : host; }

// The host of a key: older tools wrote "https://HOST/v1/".
std::string HostOf(std::string_view key) {
  if (key == kHubKey) {
    return "docker.io";
  }
  const size_t scheme = key.find("://");
  key.remove_prefix(scheme == std::string_view::npos ? 0 : scheme + 3);
  return std::string(key.substr(0, key.find('/')));
}

Json ReadConfig(const std::filesystem::path& file) {
  const std::optional<std::string> text = base::ReadFileIfExists(file, kMaxFile);
  if (!text) {
    return Json::object();
  }
  Json config = Json::parse(*text, nullptr, false);
  if (!config.is_object()) {
    throw Error(ErrorKind::kInvalid, file.string() + ": not a JSON object");
  }
  return config;
}

void WriteConfig(const std::filesystem::path& file, const Json& config) {
  base::MakeDirectories(file.parent_path());
  base::WriteFileAtomically(file, config.dump(2) + "\n", base::Durability::kFlush, 0600);
}

const Json* Object(const Json& parent, const char* key) {
  const auto found = parent.find(key);
  return found != parent.end() && found->is_object() ? &*found : nullptr;
}

std::string Text(const Json& parent, const std::string& key) {
  const auto found = parent.find(key);
  return found != parent.end() && found->is_string() ? found->get<std::string>() : "";
}

std::optional<CredentialHelper> HelperFor(const Json& config, const std::string& host) {
  std::string name;
  if (const Json* helpers = Object(config, "credHelpers")) {
    name = Text(*helpers, KeyOf(host));
    name = name.empty() ? Text(*helpers, host) : name;
  }
  name = name.empty() ? Text(config, "credsStore") : name;
  return name.empty() ? std::nullopt : std::optional<CredentialHelper>(name);
}

std::optional<Credentials> FromEntry(const Json& entry, const std::string& where) {
  Credentials found;
  found.identity_token = Text(entry, "identitytoken");
  const std::string encoded = Text(entry, "auth");
  if (!encoded.empty()) {
    const std::optional<std::string> pair = DecodeBase64(encoded);
    const size_t colon = pair ? pair->find(':') : std::string::npos;
    if (colon == std::string::npos) {
      throw Error(ErrorKind::kInvalid, where + ": \"auth\" isn't base64 of \"USER:PASSWORD\"");
    }
    found.user = pair->substr(0, colon);
    found.password = pair->substr(colon + 1);
  }
  return found.user.empty() && found.identity_token.empty() ? std::nullopt : std::optional(found);
}

}  // namespace

std::filesystem::path DockerConfig::DefaultFile() {
  const char* directory = std::getenv("DOCKER_CONFIG");
  if (directory != nullptr && *directory != '\0') {
    return std::filesystem::path(directory) / "config.json";
  }
  const char* home = std::getenv("HOME");
  return std::filesystem::path(home != nullptr ? home : "/") / ".docker" / "config.json";
}

std::optional<Credentials> DockerConfig::Find(const std::string& host,
                                              const std::stop_token& stop) const {
  const Json config = ReadConfig(file_);
  if (const auto helper = HelperFor(config, host)) {
    if (auto found = helper->Get(KeyOf(host), stop)) {
      return found;
    }
  }
  if (const Json* auths = Object(config, "auths")) {
    for (const auto& [key, entry] : auths->items()) {
      if (entry.is_object() && HostOf(key) == host) {
        if (auto found = FromEntry(entry, file_.string() + ": " + key)) {
          return found;
        }
      }
    }
  }
  return std::nullopt;
}

void DockerConfig::Save(const std::string& host, const Credentials& credentials) const {
  Json config = ReadConfig(file_);
  if (const auto helper = HelperFor(config, host)) {
    helper->Store(KeyOf(host), credentials);
    return;
  }
  Json entry = Json::object();
  if (!credentials.identity_token.empty()) {
    entry["identitytoken"] = credentials.identity_token;
  } else {
    entry["auth"] = EncodeBase64(credentials.user + ":" + credentials.password);
  }
  if (Object(config, "auths") == nullptr) {
    config["auths"] = Json::object();
  }
  config["auths"][KeyOf(host)] = entry;
  WriteConfig(file_, config);
}

bool DockerConfig::Erase(const std::string& host) const {
  Json config = ReadConfig(file_);
  bool erased = false;
  if (const auto helper = HelperFor(config, host)) {
    if (helper->Get(KeyOf(host))) {
      helper->Erase(KeyOf(host));
      erased = true;
    }
  }
  if (Object(config, "auths") != nullptr) {
    Json& auths = config["auths"];
    for (auto it = auths.begin(); it != auths.end();) {
      const bool match = HostOf(it.key()) == host;
      erased = erased || match;
      it = match ? auths.erase(it) : std::next(it);
    }
    if (erased) {
      WriteConfig(file_, config);
    }
  }
  return erased;
}

}  // namespace runtime::registry
