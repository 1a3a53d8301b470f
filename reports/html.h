// HtmlWriter: builds a page so that text of strangers can't become markup: only literals of the
// program go in as they are, everything else is escaped.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace reports {

// A string literal; nothing that is computed while the program runs.
class HtmlLiteral {
 public:
  template <size_t N>
  consteval HtmlLiteral(const char (&text)[N]) : text_(text, N - 1) {}  // NOLINT: meant to convert
  constexpr std::string_view text() const { return text_; }

 private:
  std::string_view text_;
};

class HtmlWriter {
 public:
  HtmlWriter& Raw(HtmlLiteral markup);
  // One line of text: control characters and escape sequences are shown escaped, as
  // base::ForMessage.
  HtmlWriter& Text(std::string_view text);
  HtmlWriter& Number(uint64_t value);
  // Of another writer, already escaped.
  HtmlWriter& Add(const HtmlWriter& part);
  // A percent-encoded part of a URL path.
  HtmlWriter& UrlPart(std::string_view text);

  const std::string& html() const { return html_; }

 private:
  std::string html_;
};

}  // namespace reports
