#include "reports/html.h"

#include <cctype>
#include <cstdint>

#include "runtime/base/terminal_text.h"

namespace reports {

HtmlWriter& HtmlWriter::Raw(HtmlLiteral markup) {
  html_ += markup.text();
  return *this;
}

HtmlWriter& HtmlWriter::Text(std::string_view text) {
  html_ += runtime::base::ForHtml(runtime::base::ForMessage(text));
  return *this;
}

HtmlWriter& HtmlWriter::Number(uint64_t value) {
  html_ += std::to_string(value);
  return *this;
}

HtmlWriter& HtmlWriter::Add(const HtmlWriter& part) {
  html_ += part.html_;
  return *this;
}

HtmlWriter& HtmlWriter::UrlPart(std::string_view text) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0 || c == '-' || c == '_' || c == '.' || c == '~') {
      html_ += c;
    } else {
      html_ += {'%', kDigits[byte >> 4], kDigits[byte & 15]};
    }
  }
  return *this;
}

}  // namespace reports
