#include <utility>

#include "pipeline/expression.h"

namespace pipeline {
namespace {

constexpr std::string_view kOpen = "${{";
constexpr std::string_view kClose = "}}";

// Where the expression that begins at `begin` is closed, quotes respected; npos when it isn't.
size_t FindClose(std::string_view text, size_t begin) {
  char quote = 0;
  for (size_t i = begin; i < text.size(); ++i) {
    if (quote != 0) {
      quote = text[i] == quote ? '\0' : quote;
    } else if (text[i] == '\'' || text[i] == '"') {
      quote = text[i];
    } else if (text.substr(i, kClose.size()) == kClose) {
      return i;
    }
  }
  return std::string_view::npos;
}

}  // namespace

Template Template::Literal(std::string text) {
  Template result;
  result.text_ = text;
  if (!text.empty()) {
    result.parts_.push_back({std::move(text), std::nullopt});
  }
  return result;
}

std::optional<Template> Template::Parse(std::string_view text, Expression::ParseError& error) {
  Template result;
  result.text_ = text;
  size_t at = 0;
  while (at < text.size()) {
    const size_t open = text.find(kOpen, at);
    if (open != at) {
      result.parts_.push_back(
          {std::string(text.substr(at, std::min(open, text.size()) - at)), std::nullopt});
    }
    if (open == std::string_view::npos) {
      break;
    }
    const size_t begin = open + kOpen.size();
    const size_t close = FindClose(text, begin);
    if (close == std::string_view::npos) {
      error = {open, "`${{` is never closed with `}}`"};
      return std::nullopt;
    }
    std::optional<Expression> expression =
        Expression::Parse(text.substr(begin, close - begin), error);
    if (!expression) {
      error.column += begin;
      return std::nullopt;
    }
    result.parts_.push_back({"", std::move(expression)});
    at = close + kClose.size();
  }
  return result;
}

std::optional<std::string> Template::Evaluate(const NameLookup& lookup) const {
  std::string text;
  for (const Part& part : parts_) {
    if (!part.expression) {
      text += part.literal;
      continue;
    }
    const std::optional<std::string> value = part.expression->Evaluate(lookup);
    if (!value) {
      return std::nullopt;
    }
    text += *value;
  }
  return text;
}

bool Template::IsLiteral() const {
  for (const Part& part : parts_) {
    if (part.expression) {
      return false;
    }
  }
  return true;
}

std::vector<std::string> Template::Names() const {
  std::vector<std::string> names;
  for (const Part& part : parts_) {
    if (part.expression) {
      for (std::string& name : part.expression->Names()) {
        names.push_back(std::move(name));
      }
    }
  }
  return names;
}

}  // namespace pipeline
