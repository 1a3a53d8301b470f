#include "webhooks/skip_request.h"

#include <algorithm>
#include <array>
#include <string>

namespace webhooks {
namespace {

std::string LowerCase(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return lower;
}

std::string_view LastLine(std::string_view text) {
  const size_t end = text.find_last_not_of(" \t\r\n");
  if (end == std::string_view::npos) {
    return {};
  }
  text = text.substr(0, end + 1);
  const size_t newline = text.rfind('\n');
  return newline == std::string_view::npos ? text : text.substr(newline + 1);
}

}  // namespace

bool AsksToSkip(std::string_view commit_message) {
  constexpr std::array<std::string_view, 5> kWords = {"[skip ci]", "[ci skip]", "[no ci]",
                                                      "[skip actions]", "[actions skip]"};
  const std::string message = LowerCase(commit_message);
  const std::string_view last = LastLine(message);
  return std::any_of(
             kWords.begin(), kWords.end(),
             [&](std::string_view word) { return message.find(word) != std::string::npos; }) ||
         last == "skip-checks: true" || last == "skip-checks:true";
}

}  // namespace webhooks
