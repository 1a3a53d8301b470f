#include "pipeline/expression_parser.h"

#include <cctype>
#include <string>
#include <utility>

namespace pipeline {
namespace {

using NodeKind = ExpressionNode::Kind;
using NodePtr = std::shared_ptr<const ExpressionNode>;

bool IsNameStart(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_'; }
bool IsNameCharacter(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-' || c == '.';
}

// Recursive descent, one function per precedence level; a null node means that error_ is filled.
class Parser {
 public:
  Parser(std::string_view text, Expression::ParseError& error) : text_(text), error_(error) {}

  NodePtr ParseAll() {
    NodePtr node = ParseOr();
    SkipBlanks();
    if (node != nullptr && at_ < text_.size()) {
      return Fail(at_, text_[at_] == '=' ? "a single = compares nothing; write =="
                                         : "expected an operator (&&, ||, ==, !=) or the end");
    }
    return node;
  }

 private:
  NodePtr ParseOr() { return ParseChain(NodeKind::kOr, "||", &Parser::ParseAnd); }
  NodePtr ParseAnd() { return ParseChain(NodeKind::kAnd, "&&", &Parser::ParseComparison); }

  NodePtr ParseChain(NodeKind kind, std::string_view symbol, NodePtr (Parser::*operand)()) {
    NodePtr first = (this->*operand)();
    if (first == nullptr || !Take(symbol)) {
      return first;
    }
    auto node = std::make_shared<ExpressionNode>();
    node->kind = kind;
    node->operands.push_back(std::move(first));
    do {
      NodePtr next = (this->*operand)();
      if (next == nullptr) {
        return nullptr;
      }
      node->operands.push_back(std::move(next));
    } while (Take(symbol));
    return node;
  }

  NodePtr ParseComparison() {
    NodePtr left = ParseNot();
    if (left == nullptr) {
      return nullptr;
    }
    const bool equal = Take("==");
    if (!equal && !Take("!=")) {
      return left;
    }
    NodePtr right = ParseNot();
    return right == nullptr ? nullptr
                            : Make(equal ? NodeKind::kEqual : NodeKind::kNotEqual, {left, right});
  }

  NodePtr ParseNot() {
    SkipBlanks();
    if (at_ < text_.size() && text_[at_] == '!' && text_.substr(at_, 2) != "!=") {
      ++at_;
      return Nested([this] {
        NodePtr operand = ParseNot();
        return operand == nullptr ? nullptr : Make(NodeKind::kNot, {operand});
      });
    }
    return ParsePrimary();
  }

  NodePtr ParsePrimary() {
    SkipBlanks();
    if (at_ >= text_.size()) {
      return Fail(at_, "the expression ends where a value is expected");
    }
    const char c = text_[at_];
    if (c == '(') {
      ++at_;
      return Nested([this] { return ParseInParentheses(); });
    }
    if (c == '\'' || c == '"') {
      return ParseString(c);
    }
    if (std::isdigit(static_cast<unsigned char>(c)) != 0 || c == '-') {
      return ParseNumber();
    }
    return IsNameStart(c) ? ParseName()
                          : Fail(at_, "expected a name, a text in quotes or a number");
  }

  NodePtr ParseInParentheses() {
    NodePtr inner = ParseOr();
    if (inner != nullptr && !Take(")")) {
      return Fail(at_, "a closing parenthesis is missing");
    }
    return inner;
  }

  NodePtr ParseString(char quote) {
    const size_t end = text_.find(quote, at_ + 1);
    if (end == std::string_view::npos) {
      return Fail(at_, "the text that begins here has no closing quote");
    }
    NodePtr node = Make(NodeKind::kLiteral, {}, text_.substr(at_ + 1, end - at_ - 1));
    at_ = end + 1;
    return node;
  }

  NodePtr ParseNumber() {
    const size_t begin = at_++;
    while (at_ < text_.size() &&
           (std::isdigit(static_cast<unsigned char>(text_[at_])) != 0 || text_[at_] == '.')) {
      ++at_;
    }
    if (at_ < text_.size() && IsNameCharacter(text_[at_])) {
      return Fail(begin, "not a number; a text needs quotes");
    }
    return Make(NodeKind::kLiteral, {}, text_.substr(begin, at_ - begin));
  }

  NodePtr ParseName() {
    const size_t begin = at_;
    while (at_ < text_.size() && IsNameCharacter(text_[at_])) {
      ++at_;
    }
    const std::string name(text_.substr(begin, at_ - begin));
    if (name == "true" || name == "false") {
      return Make(NodeKind::kLiteral, {}, name);
    }
    if (!Take("(")) {
      return Make(NodeKind::kName, {}, name);
    }
    if ((name != "always" && name != "failed") || !Take(")")) {
      return Fail(begin, "the calls are always() and failed(), nothing else");
    }
    return Make(NodeKind::kName, {}, name + "()");
  }

  template <typename F>
  NodePtr Nested(F&& parse) {
    if (++depth_ > kMaxExpressionDepth) {
      return Fail(at_, "nested deeper than " + std::to_string(kMaxExpressionDepth) + " levels");
    }
    NodePtr node = parse();
    --depth_;
    return node;
  }

  static NodePtr Make(NodeKind kind, std::vector<NodePtr> operands, std::string_view text = "") {
    auto node = std::make_shared<ExpressionNode>();
    node->kind = kind;
    node->text = text;
    node->operands = std::move(operands);
    return node;
  }

  NodePtr Fail(size_t column, std::string message) {
    error_ = {column, std::move(message)};
    return nullptr;
  }

  void SkipBlanks() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_])) != 0) {
      ++at_;
    }
  }

  bool Take(std::string_view symbol) {
    SkipBlanks();
    if (text_.substr(at_, symbol.size()) != symbol) {
      return false;
    }
    at_ += symbol.size();
    return true;
  }

  std::string_view text_;
  Expression::ParseError& error_;
  size_t at_ = 0;
  int depth_ = 0;
};

}  // namespace

std::shared_ptr<const ExpressionNode> ParseExpression(std::string_view text,
                                                      Expression::ParseError& error) {
  if (text.size() > kMaxExpressionBytes) {
    error = {0, "longer than " + std::to_string(kMaxExpressionBytes) + " bytes"};
    return nullptr;
  }
  return Parser(text, error).ParseAll();
}

}  // namespace pipeline
