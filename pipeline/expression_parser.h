// The text of an expression -> its tree. Grammar: expression.h.
#pragma once

#include <memory>
#include <string_view>

#include "pipeline/expression.h"
#include "pipeline/expression_node.h"

namespace pipeline {

inline constexpr size_t kMaxExpressionBytes = 4096;
inline constexpr int kMaxExpressionDepth = 64;

// Nothing after filling `error`.
std::shared_ptr<const ExpressionNode> ParseExpression(std::string_view text,
                                                      Expression::ParseError& error);

}  // namespace pipeline
