// Docker's JSON profile format to SeccompRules.
#include <nlohmann/json.hpp>
#include <sys/capability.h>
#include <sys/utsname.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <iterator>
#include <optional>

#include "runtime/base/error.h"
#include "runtime/base/terminal_text.h"
#include "runtime/container/seccomp_rules.h"
#include "runtime/container/seccomp_words.h"
#include "runtime/image/strict_json.h"

namespace runtime::container {
namespace {

using nlohmann::json;
using Action = SeccompAction;

constexpr size_t kMaxBytes = 1u << 20;
constexpr int kMaxErrno = 4095;       // MAX_ERRNO of the kernel
constexpr size_t kMaxNames = 20'000;  // of all rules; a kernel has some 500 calls

class Parser {
 public:
  Parser(std::string_view what, const SeccompHost& host) : what_(what), host_(host) {
    for (std::string name : host.capabilities) {
      capabilities_.push_back(name.starts_with("CAP_") ? name : "CAP_" + name);
    }
  }

  SeccompRules Parse(std::string_view text) {
    const json document =
        image::ParseStrictJson(text, what_, {.max_bytes = kMaxBytes, .max_depth = 8});
    position_ = "the profile";
    CheckKeys(document, {"defaultAction", "defaultErrnoRet", "defaultErrno", "architectures",
                         "archMap", "flags", "syscalls"});
    SeccompRules result;
    result.otherwise = ReadAction(document, {"defaultAction", "defaultErrnoRet", "defaultErrno"});
    result.compatible = ReadArchitectures(document);
    for (const std::string& flag : Strings(document, "flags")) {
      result.flags |= Meaning(kSeccompFlags, flag, "flag");
    }
    const json* rules = List(document, "syscalls");
    for (size_t i = 0; rules != nullptr && i < rules->size(); ++i) {
      position_ = "syscalls[" + std::to_string(i) + "]";
      ReadRule((*rules)[i], result);
    }
    return result;
  }

 private:
  [[noreturn]] void Refuse(const std::string& reason) const {
    throw base::Error(base::ErrorKind::kUsage, what_ + ": " + position_ + ": " + reason);
  }
  static std::string Quoted(std::string_view text) {
    return "'" + base::ForMessage(text.substr(0, 80)) + "'";
  }

  void CheckKeys(const json& object, std::initializer_list<const char*> known) const {
    if (!object.is_object()) {
      Refuse("an object was expected");
    }
    for (const auto& item : object.items()) {
      if (std::find(known.begin(), known.end(), item.key()) == known.end()) {
        Refuse("unknown key " + Quoted(item.key()));
      }
    }
  }

  const json* Find(const json& object, const char* key) const {
    const auto found = object.find(key);
    return found == object.end() || found->is_null() ? nullptr : &*found;
  }
  const json* List(const json& object, const char* key) const {
    const json* value = Find(object, key);
    if (value != nullptr && !value->is_array()) {
      Refuse(std::string(key) + " must be a list");
    }
    return value;
  }
  std::string String(const json& object, const char* key) const {
    const json* value = Find(object, key);
    if (value == nullptr || !value->is_string()) {
      Refuse(std::string(key) + " must be a string, and can't be left out");
    }
    return value->get<std::string>();
  }
  std::vector<std::string> Strings(const json& object, const char* key) const {
    std::vector<std::string> result;
    const json* list = List(object, key);
    for (size_t i = 0; list != nullptr && i < list->size(); ++i) {
      if (!(*list)[i].is_string()) {
        Refuse(std::string(key) + " must be a list of strings");
      }
      result.push_back((*list)[i].get<std::string>());
    }
    return result;
  }
  uint64_t Number(const json& object, const char* key, uint64_t largest) const {
    const json* value = Find(object, key);
    if (value == nullptr || !value->is_number_unsigned() || value->get<uint64_t>() > largest) {
      Refuse(std::string(key) + " must be a whole number from 0 to " + std::to_string(largest));
    }
    return value->get<uint64_t>();
  }
  template <typename T, size_t N>
  T Meaning(const SeccompWord<T> (&words)[N], const std::string& text, const char* kind) const {
    for (const SeccompWord<T>& word : words) {
      if (text == word.text) {
        return word.meaning;
      }
    }
    Refuse("unknown " + std::string(kind) + " " + Quoted(text));
  }

  // The keys of an action; podman also has one for the errno's name.
  struct ActionKeys {
    const char* action;
    const char* number;
    const char* name;
  };

  Action ReadAction(const json& object, const ActionKeys& keys) const {
    const std::string name = String(object, keys.action);
    if (name == "SCMP_ACT_NOTIFY") {
      Refuse("SCMP_ACT_NOTIFY asks a program outside of the container, and there is none");
    }
    Action action;
    action.kind = Meaning(kSeccompActions, name, "action");
    const bool has_errno = action.kind == Action::Kind::kErrno;
    action.value = has_errno ? EPERM : 0;
    if (Find(object, keys.number) != nullptr) {
      if (!has_errno && action.kind != Action::Kind::kTrace) {
        Refuse(std::string(keys.number) + " says nothing beside " + name);
      }
      action.value =
          static_cast<uint16_t>(Number(object, keys.number, has_errno ? kMaxErrno : 65535));
    }
    if (Find(object, keys.name) != nullptr) {
      const int number = ErrnoOf(String(object, keys.name));
      if (!has_errno || (Find(object, keys.number) != nullptr && action.value != number)) {
        Refuse(std::string(keys.name) + " contradicts what stands beside it");
      }
      action.value = static_cast<uint16_t>(number);
    }
    return action;
  }

  int ErrnoOf(const std::string& name) const {
    for (int number = 1; number < kMaxErrno; ++number) {
      const char* known = ::strerrorname_np(number);
      if (known != nullptr && name == known) {
        return number;
      }
    }
    Refuse("unknown errno " + Quoted(name));
  }

  // Either "architectures", or "archMap" with those that each brings.
  std::vector<std::string> ReadArchitectures(const json& document) const {
    std::vector<std::string> tokens = Strings(document, "architectures");
    const json* map = List(document, "archMap");
    if (map != nullptr && !tokens.empty()) {
      Refuse("architectures and archMap exclude each other");
    }
    for (size_t i = 0; map != nullptr && i < map->size(); ++i) {
      const json& entry = (*map)[i];
      CheckKeys(entry, {"architecture", "subArchitectures"});
      const std::string token = String(entry, "architecture");
      Meaning(kSeccompTokens, token, "architecture");
      for (const std::string& more : Strings(entry, "subArchitectures")) {
        Meaning(kSeccompTokens, more, "architecture");
        if (token == kSeccompArchitectureToken) {
          tokens.push_back(more);
        }
      }
    }
    std::vector<std::string> compatible;
    for (const std::string& token : tokens) {
      const char* name = Meaning(kSeccompTokens, token, "architecture");
      if (name != nullptr &&
          std::find(compatible.begin(), compatible.end(), name) == compatible.end()) {
        compatible.emplace_back(name);
      }
    }
    return compatible;
  }

  SeccompCondition ReadCondition(const json& object) const {
    CheckKeys(object, {"index", "value", "valueTwo", "op"});
    SeccompCondition condition;
    condition.argument = static_cast<unsigned>(Number(object, "index", 5));
    condition.op = Meaning(kSeccompOps, String(object, "op"), "operator");
    condition.value = Find(object, "value") == nullptr ? 0 : Number(object, "value", UINT64_MAX);
    if (Find(object, "valueTwo") != nullptr) {
      condition.masked = Number(object, "valueTwo", UINT64_MAX);
    }
    if (condition.op != SeccompCondition::Op::kMaskedEqual && condition.masked != 0) {
      Refuse("valueTwo says something beside SCMP_CMP_MASKED_EQ only");
    }
    return condition;
  }

  struct Circumstances {
    std::vector<std::string> capabilities;
    std::vector<std::string> architectures;
    std::optional<std::pair<unsigned, unsigned>> kernel;
  };

  Circumstances ReadCircumstances(const json& rule, const char* key) const {
    const json* object = Find(rule, key);
    Circumstances result;
    if (object == nullptr) {
      return result;
    }
    CheckKeys(*object, {"caps", "arches", "minKernel"});
    result.capabilities = Strings(*object, "caps");
    for (const std::string& name : result.capabilities) {
      cap_value_t value;
      if (!name.starts_with("CAP_") || ::cap_from_name(name.c_str(), &value) != 0) {
        Refuse("unknown capability " + Quoted(name));
      }
    }
    result.architectures = Strings(*object, "arches");
    for (const std::string& name : result.architectures) {
      if (std::none_of(std::begin(kSeccompArchitectures), std::end(kSeccompArchitectures),
                       [&](const char* known) { return name == known; })) {
        Refuse("unknown architecture " + Quoted(name));
      }
    }
    if (Find(*object, "minKernel") != nullptr) {
      result.kernel = ReadKernel(String(*object, "minKernel"));
    }
    return result;
  }

  std::pair<unsigned, unsigned> ReadKernel(const std::string& text) const {
    std::pair<unsigned, unsigned> version;
    const char* end = text.data() + text.size();
    const auto [dot, error] = std::from_chars(text.data(), end, version.first);
    if (error == std::errc() && dot != end && *dot == '.') {
      const auto [rest, minor_error] = std::from_chars(dot + 1, end, version.second);
      if (minor_error == std::errc() && rest == end) {
        return version;
      }
    }
    Refuse("minKernel must be of the form \"4.8\", not " + Quoted(text));
  }

  bool HasCapability(const std::string& name) const {
    return std::find(capabilities_.begin(), capabilities_.end(), name) != capabilities_.end();
  }
  bool HasKernel(const std::pair<unsigned, unsigned>& least) const {
    return std::pair(host_.kernel_major, host_.kernel_minor) >= least;
  }

  // All that "includes" asks for, and nothing of "excludes".
  bool Applies(const Circumstances& includes, const Circumstances& excludes) const {
    const auto here = [](const std::vector<std::string>& names) {
      return std::find(names.begin(), names.end(), kSeccompArchitecture) != names.end();
    };
    const auto has = [this](const std::string& name) { return HasCapability(name); };
    return std::all_of(includes.capabilities.begin(), includes.capabilities.end(), has) &&
           (includes.architectures.empty() || here(includes.architectures)) &&
           (!includes.kernel || HasKernel(*includes.kernel)) &&
           std::none_of(excludes.capabilities.begin(), excludes.capabilities.end(), has) &&
           !here(excludes.architectures) && (!excludes.kernel || !HasKernel(*excludes.kernel));
  }

  std::vector<std::string> ReadNames(const json& object) const {
    std::vector<std::string> names = Strings(object, "names");
    if (Find(object, "name") != nullptr) {  // the format's first form
      if (!names.empty()) {
        Refuse("name and names exclude each other");
      }
      names = {String(object, "name")};
    }
    if (names.empty()) {
      Refuse("names must be a list of system calls");
    }
    for (const std::string& name : names) {
      if (name.empty() || name.size() > 64 ||
          name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") != std::string::npos) {
        Refuse(Quoted(name) + " is no system call's name");
      }
    }
    return names;
  }

  void ReadRule(const json& object, SeccompRules& result) const {
    CheckKeys(object, {"names", "name", "action", "errnoRet", "errno", "args", "comment",
                       "includes", "excludes"});
    SeccompRule rule;
    rule.names = ReadNames(object);
    rule.position = position_;
    rule.action = ReadAction(object, {"action", "errnoRet", "errno"});
    const json* conditions = List(object, "args");
    for (size_t i = 0; conditions != nullptr && i < conditions->size(); ++i) {
      rule.conditions.push_back(ReadCondition((*conditions)[i]));
    }
    const Circumstances includes = ReadCircumstances(object, "includes");
    const Circumstances excludes = ReadCircumstances(object, "excludes");
    result.known_names.insert(result.known_names.end(), rule.names.begin(), rule.names.end());
    if (result.known_names.size() > kMaxNames) {
      Refuse("more than " + std::to_string(kMaxNames) + " names in all");
    }
    if (Applies(includes, excludes)) {
      result.rules.push_back(std::move(rule));
    }
  }

  std::string what_;
  const SeccompHost& host_;
  std::vector<std::string> capabilities_;
  std::string position_;
};

}  // namespace

SeccompHost SeccompHost::Here(const std::vector<std::string>& capabilities) {
  SeccompHost host = {.capabilities = capabilities};
  utsname name;
  ::uname(&name);
  std::sscanf(name.release, "%u.%u", &host.kernel_major, &host.kernel_minor);
  return host;
}

SeccompRules ParseSeccompRules(std::string_view json, std::string_view what,
                               const SeccompHost& host) {
  return Parser(what, host).Parse(json);
}

}  // namespace runtime::container
