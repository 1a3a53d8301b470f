#include "pipeline/push_target.h"

#include <algorithm>
#include <cctype>

namespace pipeline {
namespace {

bool IsWordCharacter(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

bool IsLowerPathCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
}

// Parts of lower-case letters, digits and single separators, as "pie/hubot".
bool IsPath(std::string_view path) {
  while (true) {
    const size_t end = std::min(path.find('/'), path.size());
    const std::string_view part = path.substr(0, end);
    if (part.empty() || !std::all_of(part.begin(), part.end(), IsLowerPathCharacter) ||
        std::isalnum(static_cast<unsigned char>(part.front())) == 0 ||
        std::isalnum(static_cast<unsigned char>(part.back())) == 0) {
      return false;
    }
    if (end == path.size()) {
      return true;
    }
    path.remove_prefix(end + 1);
  }
}

}  // namespace

bool IsTag(std::string_view tag) {
  return !tag.empty() && tag.size() <= 128 && IsWordCharacter(tag.front()) &&
         std::all_of(tag.begin(), tag.end(),
                     [](char c) { return IsWordCharacter(c) || c == '.' || c == '-'; });
}

std::string WhatIsWrongWithTag(const std::string& tag) {
  return "\"" + tag + "\" can't be a tag: at most 128 letters, digits, _, . and -, no / or :";
}

std::string WhatIsWrongWithRepository(const std::string& repository) {
  const std::string what = "`to` is \"" + repository + "\"; ";
  const size_t slash = repository.find('/');
  const std::string host = repository.substr(0, slash);
  if (slash == std::string::npos ||
      (host.find_first_of(".:") == std::string::npos && host != "localhost")) {
    return what + "it must begin with the registry, as in registry.example.org/pie/hubot";
  }
  const std::string path = repository.substr(slash + 1);
  if (path.find_first_of(":@") != std::string::npos) {
    return what + "a tag or digest doesn't belong there; write tags with `tags:`";
  }
  if (!IsPath(path) || host.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                              "0123456789.-:[]") != std::string::npos) {
    return what + "a repository has lower-case letters, digits, '.', '_', '-' and '/'";
  }
  return "";
}

}  // namespace pipeline
