// Expressions: the text of `if` and of `${{ }}`.
//
// Grammar: || && ! == != ( ) over strings 'a' "a" (no escapes: use the other quote), numbers, true,
// false, names with dots (steps.test.image, matrix.cc) and the calls always(), failed(). A missing
// name is the empty string. == compares texts exactly. `a && b` is "false" when one of them is
// false, else b; `a || b` is a when that is true, else b: so `tag && tag || "edge"` chooses.
// Text length and nesting are bounded and evaluation has no loops, so it ends.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pipeline {

// What a name stands for; nothing: not known yet (steps.X.* before the step ran).
using NameLookup = std::function<std::optional<std::string>(std::string_view name)>;

struct ExpressionNode;

class Expression {
 public:
  // Nothing and a message with a column (from 0, in `text`) when the text isn't an expression.
  struct ParseError {
    size_t column = 0;
    std::string message;
  };
  static std::optional<Expression> Parse(std::string_view text, ParseError& error);

  // The value as text; conditions read it with IsTrue(). Nothing when it depends on a name that
  // isn't known yet.
  std::optional<std::string> Evaluate(const NameLookup& lookup) const;

  // Every name that the expression mentions, calls as "always()".
  std::vector<std::string> Names() const;
  const std::string& text() const { return text_; }

 private:
  std::string text_;
  std::shared_ptr<const ExpressionNode> root_;
};

// Empty, "false" and "0" are false.
bool IsTrue(std::string_view value);

// Text with `${{ expression }}` parts in it.
class Template {
 public:
  Template() = default;
  static Template Literal(std::string text);
  static std::optional<Template> Parse(std::string_view text, Expression::ParseError& error);

  // Nothing when a part isn't known yet.
  std::optional<std::string> Evaluate(const NameLookup& lookup) const;
  bool IsLiteral() const;
  bool empty() const { return parts_.empty(); }
  std::vector<std::string> Names() const;
  // As it was written, for messages.
  const std::string& text() const { return text_; }

 private:
  struct Part {
    std::string literal;
    std::optional<Expression> expression;
  };
  std::string text_;
  std::vector<Part> parts_;
};

}  // namespace pipeline
