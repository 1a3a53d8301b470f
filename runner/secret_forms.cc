#include "runner/secret_forms.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <set>

#include "runtime/base/utf8.h"

namespace runner {
namespace {

constexpr std::string_view kBase64[] = {
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"};

// The characters that hold bits of `value` alone when `before` bytes come before it (RFC 4648).
std::string Base64Core(std::string_view value, size_t before, std::string_view alphabet) {
  const size_t begin = (before * 8 + 5) / 6;
  const size_t end = (before + value.size()) * 8 / 6;
  std::string text;
  for (size_t at = begin; at < end; ++at) {
    const size_t bit = at * 6 - before * 8;
    const auto byte = [&](size_t i) -> unsigned {
      return i < value.size() ? static_cast<unsigned char>(value[i]) : 0;
    };
    const unsigned two = byte(bit / 8) << 8 | byte(bit / 8 + 1);
    text += alphabet[two >> (10 - bit % 8) & 63];
  }
  return text;
}

// RFC 3986. `plain`: what this encoder leaves as it is beside letters and digits.
std::string UrlEncoded(std::string_view value, std::string_view plain, bool upper, bool form) {
  std::string text;
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0 || plain.find(c) != std::string_view::npos) {
      text += c;
    } else if (form && c == ' ') {
      text += '+';
    } else {
      text += upper ? fmt::format("%{:02X}", byte) : fmt::format("%{:02x}", byte);
    }
  }
  return text;
}

// RFC 8259. `escaped`: ASCII characters that this encoder writes as \uXXXX; with `ascii` so are all
// beyond ASCII.
std::string JsonEscaped(std::string_view value, std::string_view escaped, bool slash, bool ascii) {
  std::string text;
  while (!value.empty()) {
    const char c = value.front();
    const auto byte = static_cast<unsigned char>(c);
    size_t used = 1;
    static constexpr std::string_view kLetters = "\b\f\n\r\t\"\\";
    if (const size_t letter = kLetters.find(c); letter != std::string_view::npos) {
      text += '\\';
      text += "bfnrt\"\\"[letter];
    } else if (slash && c == '/') {
      text += "\\/";
    } else if (byte < 0x20 || escaped.find(c) != std::string_view::npos) {
      text += fmt::format("\\u{:04x}", byte);
    } else if (const auto point =
                   byte >= 0x80 && ascii ? runtime::base::DecodeUtf8(value) : std::nullopt) {
      used = point->bytes;
      const uint32_t scalar = point->value;
      const uint32_t beyond = scalar - 0x10000;
      text += scalar < 0x10000 ? fmt::format("\\u{:04x}", scalar)
                               : fmt::format("\\u{:04x}\\u{:04x}", 0xD800 + (beyond >> 10),
                                             0xDC00 + (beyond & 0x3FF));
    } else {
      text += c;
    }
    value.remove_prefix(used);
  }
  return text;
}

std::string Replaced(std::string_view value, char what, std::string_view by) {
  std::string text;
  for (const char c : value) {
    c == what ? text.append(by) : text.append(1, c);
  }
  return text;
}

class Forms {
 public:
  void Add(std::string text) {
    std::erase_if(text, [](char c) { return c == '\n' || c == '\r'; });
    if (text.size() >= kMinSecretBytes) {
      found_.insert(std::move(text));
    }
  }

  void AddEscapes(std::string_view value) {
    Add(std::string(value));
    // What a shell that says its commands makes of a quote: dash, bash.
    Add(Replaced(value, '\'', R"('"'"')"));
    Add(Replaced(value, '\'', R"('\'')"));
    Add(JsonEscaped(value, "", false, false));
    Add(JsonEscaped(value, "", true, false));
    Add(JsonEscaped(value, "\x7f", false, true));
    Add(JsonEscaped(value, "", true, true));
    Add(JsonEscaped(value, "<>&", false, false));
    for (const bool upper : {true, false}) {
      for (const std::string_view plain : {"-._~", "-._~/", "-_.!~*'()", "-._*"}) {
        Add(UrlEncoded(value, plain, upper, false));
        Add(UrlEncoded(value, plain, upper, true));
      }
    }
  }

  void AddBase64(std::string_view value) {
    for (const std::string_view alphabet : kBase64) {
      for (size_t before = 0; before < 3; ++before) {
        const std::string core = Base64Core(value, before, alphabet);
        Add(core);
        Add(UrlEncoded(core, "", true, false));
        Add(Replaced(core, '/', "\\/"));
      }
    }
  }

  std::vector<std::string> Take() { return {found_.begin(), found_.end()}; }

 private:
  std::set<std::string> found_;
};

}  // namespace

std::vector<std::string> PrintedForms(std::string_view value) {
  Forms forms;
  forms.AddEscapes(value);
  forms.AddBase64(value);
  for (size_t begin = 0; begin < value.size();) {
    const size_t end = std::min(value.find_first_of("\r\n", begin), value.size());
    std::string_view line = value.substr(begin, end - begin);
    // Indentation is no secret.
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    line = line.substr(0, line.find_last_not_of(" \t") + 1);
    if (line.size() >= kMinSecretBytes && line.size() < value.size()) {
      forms.AddEscapes(line);
    }
    begin = end + 1;
  }
  return forms.Take();
}

}  // namespace runner
