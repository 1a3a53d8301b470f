#include "pipeline/manual_input.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string_view>

#include "pipeline/suggestion.h"

namespace pipeline {
namespace {

constexpr size_t kMaxValueBytes = 4096;

bool IsNumber(const std::string& text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() && std::isfinite(number);
}

std::string ListOf(const std::vector<std::string>& texts) {
  std::string all;
  for (size_t i = 0; i < texts.size(); ++i) {
    all += (i == 0 ? "" : i + 1 == texts.size() ? " or " : ", ") + texts[i];
  }
  return all;
}

Diagnostic Finding(std::string message) { return {"--input", 0, 0, "E605", std::move(message)}; }

}  // namespace

std::string WhatIsWrongWith(const ManualInput& input, const std::string& value) {
  const std::string what = "input `" + input.name + "` must be ";
  const std::string found = ", not \"" + value.substr(0, 80) + "\"";
  switch (input.type) {
    case ManualInput::Type::kString:
      return value.size() <= kMaxValueBytes
                 ? ""
                 : what + "at most " + std::to_string(kMaxValueBytes) + " bytes long";
    case ManualInput::Type::kNumber:
      return IsNumber(value) ? "" : what + "a number such as 2 or 0.5" + found;
    case ManualInput::Type::kBoolean:
      return value == "true" || value == "false" ? "" : what + "true or false" + found;
    case ManualInput::Type::kChoice:
      return std::find(input.options.begin(), input.options.end(), value) != input.options.end()
                 ? ""
                 : what + ListOf(input.options) + found;
  }
  return "";
}

InputValues ResolveInputs(const std::vector<ManualInput>& inputs, const TriggerEvent& event,
                          std::vector<Diagnostic>& findings) {
  InputValues values;
  std::vector<std::string_view> names;
  for (const ManualInput& input : inputs) {
    names.push_back(input.name);
    const auto given = event.inputs.find(input.name);
    if (given == event.inputs.end()) {
      if (input.required && !input.fallback && event.kind == EventKind::kManual) {
        findings.push_back(Finding("input `" + input.name + "` must be given" +
                                   (input.description.empty() ? "" : ": " + input.description)));
      }
      values[input.name] = input.fallback.value_or("");
      continue;
    }
    if (std::string wrong = WhatIsWrongWith(input, given->second); !wrong.empty()) {
      findings.push_back(Finding(std::move(wrong)));
    }
    values[input.name] = given->second;
  }
  for (const auto& [name, value] : event.inputs) {
    if (!values.contains(name)) {
      findings.push_back(
          Finding("the pipeline file has no input `" + name + "`" + DidYouMean(name, names)));
    }
  }
  return values;
}

}  // namespace pipeline
