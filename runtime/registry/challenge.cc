#include "runtime/registry/challenge.h"

#include <strings.h>

#include <algorithm>
#include <optional>

namespace runtime::registry {
namespace {

bool IsTokenCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("!#$%&'*+-.^_`|~/=").find(c) != std::string_view::npos;
}

std::string Lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), ::tolower);
  return text;
}

class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  void Skip(std::string_view characters) {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(characters), rest_.size()));
  }
  bool Take(char c) {
    if (rest_.empty() || rest_.front() != c) {
      return false;
    }
    rest_.remove_prefix(1);
    return true;
  }
  // A name or an unquoted value; '=' counts for values only.
  std::string Token(bool value) {
    size_t n = 0;
    while (n < rest_.size() && IsTokenCharacter(rest_[n]) && (value || rest_[n] != '=')) {
      ++n;
    }
    const std::string token(rest_.substr(0, n));
    rest_.remove_prefix(n);
    return token;
  }
  // After the opening quote; nothing when it never closes.
  std::optional<std::string> Quoted() {
    std::string value;
    while (!rest_.empty()) {
      char c = rest_.front();
      rest_.remove_prefix(1);
      if (c == '"') {
        return value;
      }
      if (c == '\\' && !rest_.empty()) {
        c = rest_.front();
        rest_.remove_prefix(1);
      }
      value += c;
    }
    return std::nullopt;
  }

 private:
  std::string_view rest_;
};

}  // namespace

std::string Challenge::Parameter(const std::string& name) const {
  const auto found = parameters.find(name);
  return found == parameters.end() ? "" : found->second;
}

std::vector<Challenge> ParseChallenges(std::string_view text) {
  std::vector<Challenge> challenges;
  Reader reader(text);
  for (;;) {
    reader.Skip(" \t,");
    const std::string name = Lower(reader.Token(false));
    if (name.empty()) {
      return challenges;
    }
    reader.Skip(" \t");
    if (!reader.Take('=')) {
      challenges.push_back({name, {}});
      continue;
    }
    reader.Skip(" \t");
    const std::optional<std::string> value =
        reader.Take('"') ? reader.Quoted() : std::optional(reader.Token(true));
    if (challenges.empty() || !value) {
      return challenges;
    }
    challenges.back().parameters.emplace(name, *value);
  }
}

std::vector<Challenge> ChallengesOf(const base::HttpResponse& response) {
  std::vector<Challenge> all;
  for (const auto& [name, value] : response.headers) {
    if (::strcasecmp(name.c_str(), "www-authenticate") == 0) {
      const std::vector<Challenge> some = ParseChallenges(value);
      all.insert(all.end(), some.begin(), some.end());
    }
  }
  return all;
}

}  // namespace runtime::registry
