#include "reports/xml_input.h"

#include <cctype>
#include <charconv>
#include <optional>

#include "runtime/base/utf8.h"

namespace reports {
namespace {

constexpr size_t kChunkBytes = 64 << 10;
constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

// XML 1.0 section 2.2, production Char.
bool IsXmlChar(char32_t c) {
  return c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c <= 0xD7FF) ||
         (c >= 0xE000 && c <= 0xFFFD) || (c >= 0x10000 && c <= 0x10FFFF);
}

// Length of "[31;1m" at the front, what follows ESC in a colour sequence; else 0.
size_t ColourTail(std::string_view text) {
  if (!text.starts_with('[')) {
    return 0;
  }
  for (size_t i = 1; i < text.size() && i < 64; ++i) {
    if (text[i] == 'm') {
      return i + 1;
    }
    if ((text[i] < '0' || text[i] > '9') && text[i] != ';' && text[i] != ':') {
      return 0;
    }
  }
  return 0;
}

// Does the XML declaration name a single-byte encoding? Its bytes are read as Latin-1; everything
// else is taken for UTF-8, since files that name UTF-16 in ASCII bytes are common.
bool DeclaresLatin(std::string_view text) {
  if (!text.starts_with("<?xml")) {
    return false;
  }
  std::string declaration(text.substr(0, std::min(text.find("?>"), size_t{200})));
  for (char& c : declaration) {
    c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return declaration.find("iso-8859-") != std::string::npos ||
         declaration.find("windows-125") != std::string::npos ||
         declaration.find("latin") != std::string::npos;
}

std::string FromUtf16(std::string_view bytes, bool big_endian) {
  std::string out;
  out.reserve(bytes.size());
  const auto unit = [&](size_t i) {
    const auto a = static_cast<unsigned char>(bytes[i]);
    const auto b = static_cast<unsigned char>(bytes[i + 1]);
    return static_cast<char32_t>(big_endian ? a << 8 | b : b << 8 | a);
  };
  for (size_t i = 0; i + 1 < bytes.size(); i += 2) {
    char32_t c = unit(i);
    if (c >= 0xD800 && c <= 0xDFFF) {
      const char32_t low = c < 0xDC00 && i + 3 < bytes.size() ? unit(i + 2) : 0;
      if (low >= 0xDC00 && low <= 0xDFFF) {
        c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
        i += 2;
      } else {
        c = 0xFFFD;
      }
    }
    runtime::base::AppendUtf8(out, c);
  }
  return out;
}

}  // namespace

XmlInput::XmlInput(std::string_view content, size_t max_markup_bytes)
    : text_(content), max_markup_bytes_(max_markup_bytes) {
  Decode(content);
  // A declaration must be the very first thing, and some writers put a line before it; some pad
  // the end with NULs.
  text_.remove_prefix(std::min(text_.find_first_not_of(" \t\r\n"), text_.size()));
  text_ = text_.substr(0, text_.find_last_not_of(std::string_view("\0 \t\r\n", 5)) + 1);
}

// XML 1.0 appendix F.1: the byte order mark, else the look of "<".
void XmlInput::Decode(std::string_view content) {
  const std::string_view start = content.substr(0, 2);
  if (content.starts_with("\xEF\xBB\xBF")) {
    text_ = content.substr(3);
  } else if (start == "\xFF\xFE" || start == std::string_view("<\0", 2)) {
    decoded_ = FromUtf16(content.substr(start[0] == '<' ? 0 : 2), false);
    text_ = decoded_;
  } else if (start == "\xFE\xFF" || start == std::string_view("\0<", 2)) {
    decoded_ = FromUtf16(content.substr(start[1] == '<' ? 0 : 2), true);
    text_ = decoded_;
  } else if (DeclaresLatin(content)) {
    for (const char c : content) {
      runtime::base::AppendUtf8(decoded_, static_cast<unsigned char>(c));
    }
    text_ = decoded_;
  }
}

bool XmlInput::Next(std::string& chunk) {
  chunk.clear();
  while (pos_ < text_.size() && chunk.size() < kChunkBytes && !markup_too_long_) {
    const char c = text_[pos_];
    if (c == '&' && (place_ == Place::kText || place_ == Place::kTag) && TakeReference(chunk)) {
      continue;
    }
    if (static_cast<unsigned char>(c) >= 0x80) {
      TakeSequence(chunk);
    } else if (IsXmlChar(static_cast<unsigned char>(c))) {
      Track(c);
      chunk += c;
      ++pos_;
    } else {
      TakeControl(chunk);
    }
  }
  return !chunk.empty();
}

void XmlInput::Replace(std::string& chunk, size_t length) {
  chunk += kReplacement;
  pos_ += length;
  ++repairs_;
}

// A character reference to what XML forbids; false leaves the text to the parser.
bool XmlInput::TakeReference(std::string& chunk) {
  std::string_view rest = text_.substr(pos_, 16);
  if (!rest.starts_with("&#")) {
    return false;
  }
  const bool hex = rest.starts_with("&#x");
  const char* begin = rest.data() + (hex ? 3 : 2);
  uint32_t value = 0;
  const auto [end, error] = std::from_chars(begin, rest.data() + rest.size(), value, hex ? 16 : 10);
  if (end == begin || end == rest.data() + rest.size() || *end != ';' ||
      (error == std::errc() && IsXmlChar(value))) {
    return false;
  }
  const auto length = static_cast<size_t>(end + 1 - rest.data());
  const size_t colour = value == 0x1b ? ColourTail(text_.substr(pos_ + length, 64)) : 0;
  if (colour > 0) {
    pos_ += length + colour;
    ++repairs_;
  } else {
    Replace(chunk, length);
  }
  return true;
}

void XmlInput::TakeControl(std::string& chunk) {
  const size_t colour = text_[pos_] == '\x1b' ? ColourTail(text_.substr(pos_ + 1, 64)) : 0;
  if (colour > 0) {
    pos_ += 1 + colour;
    ++repairs_;
  } else {
    Replace(chunk, 1);
  }
}

void XmlInput::TakeSequence(std::string& chunk) {
  const auto scalar = runtime::base::DecodeUtf8(text_.substr(pos_, 4));
  if (!scalar || !IsXmlChar(scalar->value)) {
    Replace(chunk, scalar ? scalar->bytes : 1);
    return;
  }
  chunk += text_.substr(pos_, scalar->bytes);
  pos_ += scalar->bytes;
}

// Follows where in the document `c`, at pos_, stands.
void XmlInput::Track(char c) {
  const auto ends = [&](std::string_view end, size_t shortest) {
    return c == '>' && pos_ + 1 - markup_start_ >= shortest &&
           text_.substr(pos_ + 1 - end.size(), end.size()) == end;
  };
  if (place_ != Place::kText && place_ != Place::kCdata &&
      pos_ - markup_start_ > max_markup_bytes_) {
    markup_too_long_ = true;
    return;
  }
  switch (place_) {
    case Place::kText:
      if (c == '<') {
        const std::string_view rest = text_.substr(pos_, 9);
        markup_start_ = pos_;
        place_ = rest == "<![CDATA["        ? Place::kCdata
                 : rest.starts_with("<!--") ? Place::kComment
                 : rest.starts_with("<?")   ? Place::kInstruction
                                            : Place::kTag;
      }
      break;
    case Place::kTag:
      if (quote_ != 0) {
        quote_ = c == quote_ ? 0 : quote_;
      } else if (c == '"' || c == '\'') {
        quote_ = c;
      } else if (c == '>') {
        place_ = Place::kText;
      }
      break;
    case Place::kComment:
      place_ = ends("-->", 7) ? Place::kText : place_;
      break;
    case Place::kInstruction:
      place_ = ends("?>", 4) ? Place::kText : place_;
      break;
    case Place::kCdata:
      place_ = ends("]]>", 12) ? Place::kText : place_;
      break;
  }
}

}  // namespace reports
