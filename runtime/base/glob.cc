#include "runtime/base/glob.h"

#include <algorithm>
#include <vector>

namespace runtime::base {
namespace {

// One element of a pattern.
struct Token {
  enum class Kind { kCharacter, kAny, kSet, kStar, kDoubleStar, kDoubleStarSlash };
  Kind kind = Kind::kCharacter;
  char character = 0;
  std::string_view set;  // between the brackets
};

// The end of the set that opens at `begin`, or npos: then `[` is a character like others.
size_t EndOfSet(std::string_view pattern, size_t begin) {
  size_t i = begin + 1;
  if (i < pattern.size() && (pattern[i] == '!' || pattern[i] == '^')) {
    ++i;
  }
  return pattern.find(']', i + 1);
}

std::vector<Token> Tokenise(std::string_view pattern) {
  std::vector<Token> tokens;
  for (size_t i = 0; i < pattern.size(); ++i) {
    Token token;
    token.character = pattern[i];
    if (pattern.substr(i, 3) == "**/" && (i == 0 || pattern[i - 1] == '/')) {
      token.kind = Token::Kind::kDoubleStarSlash;
      i += 2;
    } else if (pattern.substr(i, 2) == "**") {
      token.kind = Token::Kind::kDoubleStar;
      ++i;
    } else if (pattern[i] == '*') {
      token.kind = Token::Kind::kStar;
    } else if (pattern[i] == '?') {
      token.kind = Token::Kind::kAny;
    } else if (pattern[i] == '\\' && i + 1 < pattern.size()) {
      token.character = pattern[++i];
    } else if (pattern[i] == '[') {
      if (const size_t end = EndOfSet(pattern, i); end != std::string_view::npos) {
        token.kind = Token::Kind::kSet;
        token.set = pattern.substr(i + 1, end - i - 1);
        i = end;
      }
    }
    tokens.push_back(token);
  }
  return tokens;
}

bool InSet(std::string_view set, char character) {
  const auto value = [](char c) { return static_cast<unsigned char>(c); };
  const bool negated = set.front() == '!' || set.front() == '^';
  if (negated) {
    set.remove_prefix(1);
  }
  bool found = false;
  for (size_t i = 0; i < set.size(); ++i) {
    if (i + 2 < set.size() && set[i + 1] == '-') {
      found = found || (value(set[i]) <= value(character) && value(character) <= value(set[i + 2]));
      i += 2;
    } else {
      found = found || set[i] == character;
    }
  }
  return found != negated;
}

bool TakesOne(const Token& token, char c) {
  switch (token.kind) {
    case Token::Kind::kCharacter:
      return token.character == c;
    case Token::Kind::kAny:
      return c != '/';
    case Token::Kind::kSet:
      return c != '/' && InSet(token.set, c);
    default:
      return false;
  }
}

}  // namespace

bool GlobMatches(std::string_view pattern, std::string_view text) {
  // reached[j]: the tokens so far match the first j characters.
  std::vector<char> reached(text.size() + 1, 0);
  reached[0] = 1;
  for (const Token& token : Tokenise(pattern)) {
    std::vector<char> next(text.size() + 1, 0);
    bool open = false;  // a star that began at or before j may still grow
    for (size_t j = 0; j <= text.size(); ++j) {
      const bool here = reached[j] != 0;
      switch (token.kind) {
        case Token::Kind::kStar:
          open = (open && text[j - 1] != '/') || here;
          next[j] = open ? 1 : 0;
          break;
        case Token::Kind::kDoubleStar:
          open = open || here;
          next[j] = open ? 1 : 0;
          break;
        case Token::Kind::kDoubleStarSlash:
          next[j] = here || (open && text[j - 1] == '/') ? 1 : 0;
          open = open || here;
          break;
        default:
          next[j] = j > 0 && reached[j - 1] != 0 && TakesOne(token, text[j - 1]) ? 1 : 0;
      }
    }
    reached = std::move(next);
  }
  return reached.back() != 0;
}

}  // namespace runtime::base
