// ExpressionNode: the tree behind an Expression.
#pragma once

#include <memory>
#include <string>
#include <vector>

namespace pipeline {

struct ExpressionNode {
  enum class Kind { kLiteral, kName, kNot, kEqual, kNotEqual, kAnd, kOr };
  Kind kind = Kind::kLiteral;
  std::string text;  // of a literal; of a name, with "()" for a call
  std::vector<std::shared_ptr<const ExpressionNode>> operands;
};

}  // namespace pipeline
