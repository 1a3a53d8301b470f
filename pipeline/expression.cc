#include "pipeline/expression.h"

#include <utility>

#include "pipeline/expression_node.h"
#include "pipeline/expression_parser.h"

namespace pipeline {
namespace {

using NodeKind = ExpressionNode::Kind;
using Value = std::optional<std::string>;

std::string Text(bool value) { return value ? "true" : "false"; }

Value EvaluateNode(const ExpressionNode& node, const NameLookup& lookup);

// One false operand decides, even beside one that isn't known yet.
Value EvaluateAnd(const ExpressionNode& node, const NameLookup& lookup) {
  Value last;
  bool unknown = false;
  for (const auto& operand : node.operands) {
    last = EvaluateNode(*operand, lookup);
    if (last && !IsTrue(*last)) {
      return Text(false);
    }
    unknown = unknown || !last;
  }
  return unknown ? std::nullopt : last;
}

Value EvaluateOr(const ExpressionNode& node, const NameLookup& lookup) {
  Value last;
  for (const auto& operand : node.operands) {
    last = EvaluateNode(*operand, lookup);
    if (!last || IsTrue(*last)) {
      return last;
    }
  }
  return last;
}

Value EvaluateNode(const ExpressionNode& node, const NameLookup& lookup) {
  switch (node.kind) {
    case NodeKind::kLiteral:
      return node.text;
    case NodeKind::kName:
      return lookup(node.text);
    case NodeKind::kNot: {
      const Value operand = EvaluateNode(*node.operands[0], lookup);
      return operand ? Value(Text(!IsTrue(*operand))) : std::nullopt;
    }
    case NodeKind::kEqual:
    case NodeKind::kNotEqual: {
      const Value left = EvaluateNode(*node.operands[0], lookup);
      const Value right = EvaluateNode(*node.operands[1], lookup);
      if (!left || !right) {
        return std::nullopt;
      }
      return Text((*left == *right) == (node.kind == NodeKind::kEqual));
    }
    case NodeKind::kAnd:
      return EvaluateAnd(node, lookup);
    case NodeKind::kOr:
      return EvaluateOr(node, lookup);
  }
  return std::nullopt;
}

void CollectNames(const ExpressionNode& node, std::vector<std::string>& names) {
  if (node.kind == NodeKind::kName) {
    names.push_back(node.text);
  }
  for (const auto& operand : node.operands) {
    CollectNames(*operand, names);
  }
}

}  // namespace

std::optional<Expression> Expression::Parse(std::string_view text, ParseError& error) {
  Expression expression;
  expression.text_ = text;
  expression.root_ = ParseExpression(text, error);
  return expression.root_ == nullptr ? std::nullopt : std::optional(std::move(expression));
}

std::optional<std::string> Expression::Evaluate(const NameLookup& lookup) const {
  return EvaluateNode(*root_, lookup);
}

std::vector<std::string> Expression::Names() const {
  std::vector<std::string> names;
  CollectNames(*root_, names);
  return names;
}

bool IsTrue(std::string_view value) { return !value.empty() && value != "false" && value != "0"; }

}  // namespace pipeline
