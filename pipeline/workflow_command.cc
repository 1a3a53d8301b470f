#include "pipeline/workflow_command.h"

#include <algorithm>
#include <array>
#include <utility>

#include "runtime/base/text.h"

namespace pipeline {
namespace {

using Kind = WorkflowCommand::Kind;

constexpr size_t kMaxTextBytes = 16u << 10;
constexpr size_t kMaxPropertyBytes = 1u << 10;
constexpr std::string_view kMark = "::";

constexpr std::array<std::string_view, 6> kNames = {"error", "warning",  "notice",
                                                    "group", "endgroup", "add-mask"};

struct Escape {
  std::string_view text;
  char meaning;
};
constexpr std::array<Escape, 5> kEscapes = {
    {{"%0D", '\r'}, {"%0A", '\n'}, {"%3A", ':'}, {"%2C", ','}, {"%25", '%'}}};

// Without its escapes; at most `max` bytes.
std::string Plain(std::string_view escaped, size_t max) {
  std::string text;
  for (size_t i = 0; i < escaped.size() && text.size() < max; ++i) {
    const auto* escape =
        std::find_if(kEscapes.begin(), kEscapes.end(), [&](const Escape& candidate) {
          return escaped.substr(i, candidate.text.size()) == candidate.text;
        });
    if (escape == kEscapes.end()) {
      text += escaped[i];
    } else {
      text += escape->meaning;
      i += escape->text.size() - 1;
    }
  }
  return text;
}

int Number(std::string_view text) {
  return std::max(runtime::base::ParseInteger<int>(text).value_or(0), 0);
}

void TakeProperty(std::string_view name, std::string_view value, WorkflowCommand& command) {
  if (name == "file") {
    command.file = Plain(value, kMaxPropertyBytes);
  } else if (name == "title") {
    command.title = Plain(value, kMaxPropertyBytes);
  } else if (name == "line") {
    command.line = Number(value);
  } else if (name == "endLine") {
    command.end_line = Number(value);
  } else if (name == "col") {
    command.column = Number(value);
  } else if (name == "endColumn") {
    command.end_column = Number(value);
  }
}

// "file=a.c,line=3"; what has no meaning here is passed over.
void TakeProperties(std::string_view text, WorkflowCommand& command) {
  while (!text.empty()) {
    const std::string_view property = text.substr(0, text.find(','));
    text.remove_prefix(std::min(property.size() + 1, text.size()));
    const size_t equals = property.find('=');
    if (equals != std::string_view::npos) {
      const size_t begin = std::min(property.find_first_not_of(' '), equals);
      TakeProperty(property.substr(begin, equals - begin), property.substr(equals + 1), command);
    }
  }
}

}  // namespace

std::string_view ToString(Kind kind) { return kNames.at(static_cast<size_t>(kind)); }

std::optional<WorkflowCommand> ParseWorkflowCommand(std::string_view line) {
  line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
  if (!line.starts_with(kMark)) {
    return std::nullopt;
  }
  line.remove_prefix(kMark.size());
  const size_t close = line.find(kMark);
  if (close == std::string_view::npos) {
    return std::nullopt;
  }
  const std::string_view head = line.substr(0, close);
  const std::string_view name = head.substr(0, head.find(' '));
  const auto* known = std::find(kNames.begin(), kNames.end(), name);
  if (known == kNames.end()) {
    return std::nullopt;
  }
  WorkflowCommand command;
  command.kind = static_cast<Kind>(known - kNames.begin());
  command.text = Plain(line.substr(close + kMark.size()), kMaxTextBytes);
  if (command.kind <= Kind::kNotice) {
    TakeProperties(head.substr(std::min(name.size() + 1, head.size())), command);
  }
  return command;
}

}  // namespace pipeline
