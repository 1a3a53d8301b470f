#include "pipeline/yaml_text.h"

#include "pipeline/yaml_reader.h"

namespace pipeline {
namespace {

// Length of the UTF-8 sequence at the front (Unicode 15, table 3-7), 0 when there is none.
size_t Utf8Length(std::string_view text) {
  const auto byte = [&](size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  const unsigned lead = byte(0);
  if (lead < 0x80) {
    return 1;
  }
  const size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  unsigned low = 0x80;
  unsigned high = 0xBF;
  if (lead < 0xC2 || lead > 0xF4) {
    return 0;
  }
  low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : low;
  high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : high;
  if (byte(1) < low || byte(1) > high) {
    return 0;
  }
  for (size_t i = 2; i < length; ++i) {
    if (byte(i) < 0x80 || byte(i) > 0xBF) {
      return 0;
    }
  }
  return length;
}

}  // namespace

std::string WithoutTabs(std::string_view blank) {
  std::string spaces;
  for (const char c : blank) {
    spaces += c == '\t' ? "  " : std::string(1, c);
  }
  return spaces;
}

bool CleanYamlText(std::string_view text, std::string& clean, Findings& findings) {
  if (text.size() > kMaxFileBytes) {
    findings.Add({}, "E002",
                 "the file has " + std::to_string(text.size()) + " bytes, at most " +
                     std::to_string(kMaxFileBytes) +
                     " are read; move long scripts into files of the repository");
    return false;
  }
  if (text.starts_with("\xEF\xBB\xBF")) {
    text.remove_prefix(3);
  }
  clean.reserve(text.size());
  Position at = {1, 1};
  while (!text.empty()) {
    const auto c = static_cast<unsigned char>(text.front());
    const size_t length = Utf8Length(text);
    if (length == 0) {
      findings.Add(at, "E001", "not UTF-8 text; save the file as UTF-8");
      return false;
    }
    const bool line_end = text.starts_with("\r\n");
    if ((c < 0x20 && c != '\n' && c != '\t' && !line_end) || c == 0x7F) {
      findings.Add(at, "E001", "a control character that YAML doesn't allow; remove it");
      return false;
    }
    if (!line_end) {
      clean.append(text.substr(0, length));
    }
    at = c == '\n' ? Position{at.line + 1, 1}
                   : Position{at.line, at.column + static_cast<int>(length)};
    text.remove_prefix(length);
  }
  return true;
}

}  // namespace pipeline
