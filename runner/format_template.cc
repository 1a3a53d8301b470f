#include "runner/format_template.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <optional>
#include <vector>

#include "runtime/base/error.h"
#include "runtime/base/terminal_text.h"

namespace runner {
using nlohmann::json;
using runtime::base::Error;
using runtime::base::ErrorKind;

struct FormatTemplate::Part {
  std::string text;                              // as it is, when there is no path
  std::optional<std::vector<std::string>> path;  // of members
  bool as_json = false;
};
struct FormatTemplate::Parts {
  std::vector<Part> list;
};

namespace {

constexpr std::string_view kOpen = "{{";
constexpr std::string_view kClose = "}}";

std::string Unescaped(std::string_view text) {
  std::string result;
  for (size_t i = 0; i < text.size(); ++i) {
    const char next = text[i] == '\\' && i + 1 < text.size() ? text[i + 1] : '\0';
    if (next == 't' || next == 'n') {
      result.push_back(next == 't' ? '\t' : '\n');
      ++i;
    } else {
      result.push_back(text[i]);
    }
  }
  return result;
}

std::string_view Trimmed(std::string_view text) {
  const size_t begin = std::min(text.find_first_not_of(' '), text.size());
  text.remove_prefix(begin);
  return text.substr(0, text.find_last_not_of(' ') + 1);
}

[[noreturn]] void Refuse(std::string_view action) {
  throw Error(ErrorKind::kUsage,
              "--format {{" + runtime::base::ForMessage(action.substr(0, 200)) +
                  "}}: expected {{.Member}} or {{json .Member}}, the members as in --json");
}

std::vector<std::string> PathOf(std::string_view text, std::string_view action) {
  if (!text.starts_with('.')) {
    Refuse(action);
  }
  std::vector<std::string> path;
  while (text.size() > 1) {
    text.remove_prefix(1);
    const size_t end = std::min(text.find('.'), text.size());
    path.emplace_back(text.substr(0, end));
    text.remove_prefix(end);
    if (path.back().empty() || path.back().find(' ') != std::string::npos || text == ".") {
      Refuse(action);
    }
  }
  return path;
}

std::string Shown(const json& value) {
  return value.is_string() ? value.get<std::string>()
                           : value.dump(-1, ' ', false, json::error_handler_t::replace);
}

const json& Member(const json& object, const std::string& name) {
  if (object.is_object() && object.contains(name)) {
    return object.at(name);
  }
  std::string known;
  for (const auto& item : object.items()) {
    known += (known.empty() ? "" : ", ") + item.key();
  }
  throw Error(ErrorKind::kUsage, "--format: no member \"" + runtime::base::ForMessage(name) +
                                     "\"; there are " + (object.is_object() ? known : "none"));
}

}  // namespace

FormatTemplate::FormatTemplate(std::string_view text) : parts_(std::make_unique<Parts>()) {
  if (text == "json") {
    parts_->list.push_back({.text = {}, .path = std::vector<std::string>(), .as_json = true});
    return;
  }
  while (!text.empty()) {
    const size_t open = std::min(text.find(kOpen), text.size());
    if (open > 0) {
      parts_->list.push_back({.text = Unescaped(text.substr(0, open)), .path = {}});
    }
    text.remove_prefix(open);
    if (text.empty()) {
      return;
    }
    const size_t close = text.find(kClose);
    if (close == std::string_view::npos) {
      Refuse(text.substr(kOpen.size()));
    }
    const std::string_view action = Trimmed(text.substr(kOpen.size(), close - kOpen.size()));
    const bool as_json = action.starts_with("json ");
    parts_->list.push_back(
        {.text = {},
         .path = PathOf(Trimmed(as_json ? action.substr(sizeof "json") : action), action),
         .as_json = as_json});
    text.remove_prefix(close + kClose.size());
  }
}

FormatTemplate::~FormatTemplate() = default;
FormatTemplate::FormatTemplate(FormatTemplate&&) noexcept = default;

std::string FormatTemplate::Fill(const json& object) const {
  std::string text;
  for (const Part& part : parts_->list) {
    if (!part.path) {
      text += part.text;
      continue;
    }
    const json* value = &object;
    for (const std::string& name : *part.path) {
      value = &Member(*value, name);
    }
    text +=
        part.as_json ? value->dump(-1, ' ', false, json::error_handler_t::replace) : Shown(*value);
  }
  return text;
}

}  // namespace runner
