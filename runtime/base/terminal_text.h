// Text of strangers, made safe to show.
#pragma once

#include <string>
#include <string_view>

namespace runtime::base {

// What may reach a terminal: printable text, tab, and colours (SGR sequences). Every other control
// character, escape sequence and bidirectional override is shown escaped ("\x1b" as "^[", others as
// "\xNN"); invalid UTF-8 becomes U+FFFD. A newline inside is escaped too.
std::string ForTerminal(std::string_view text, bool keep_colours);

// The same without colours, for page titles, descriptions and error messages.
inline std::string ForMessage(std::string_view text) { return ForTerminal(text, false); }

// Escapes &, <, >, " and ' for HTML text and attributes.
std::string ForHtml(std::string_view text);

}  // namespace runtime::base
