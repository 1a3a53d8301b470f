#include "runtime/base/terminal_text.h"

#include <cstdint>
#include <optional>

#include "runtime/base/utf8.h"

namespace runtime::base {
namespace {

// Marks that reorder what a reader sees (CVE-2021-42574), and invisible ones.
bool IsDeceptive(char32_t c) {
  return (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0x200B ||
         c == 0x200E || c == 0x200F || c == 0xFEFF || c == 0x2028 || c == 0x2029;
}

// Length of a colour sequence (ESC [ digits and separators m) at the front, else 0.
size_t ColourSequence(std::string_view text) {
  if (!text.starts_with("\x1b[")) {
    return 0;
  }
  for (size_t i = 2; i < text.size() && i < 64; ++i) {
    if (text[i] == 'm') {
      return i + 1;
    }
    if ((text[i] < '0' || text[i] > '9') && text[i] != ';' && text[i] != ':') {
      return 0;
    }
  }
  return 0;
}

void AppendEscaped(std::string& out, char32_t c) {
  static constexpr char kDigits[] = "0123456789abcdef";
  if (c == 0x1b) {
    out += "^[";
  } else if (c < 0x100) {
    out += "\\x";
    out += kDigits[(c >> 4) & 15];
    out += kDigits[c & 15];
  } else {
    out += "\\u";
    for (int shift = 12; shift >= 0; shift -= 4) {
      out += kDigits[(c >> shift) & 15];
    }
  }
}

}  // namespace

std::string ForTerminal(std::string_view text, bool keep_colours) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    if (const size_t colour = keep_colours ? ColourSequence(text) : 0; colour > 0) {
      out += text.substr(0, colour);
      text.remove_prefix(colour);
      continue;
    }
    const std::optional<Utf8Scalar> scalar = DecodeUtf8(text);
    if (!scalar) {
      out += "\xEF\xBF\xBD";
      text.remove_prefix(1);
      continue;
    }
    const char32_t c = scalar->value;
    if ((c < 0x20 && c != '\t') || (c >= 0x7F && c < 0xA0) || IsDeceptive(c)) {
      AppendEscaped(out, c);
    } else {
      out += text.substr(0, scalar->bytes);
    }
    text.remove_prefix(scalar->bytes);
  }
  return out;
}

std::string ForHtml(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

}  // namespace runtime::base
