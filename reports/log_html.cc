#include "reports/log_html.h"

#include <algorithm>
#include <charconv>
#include <vector>

namespace reports {
namespace {

struct Look {
  bool bold = false;
  bool underline = false;
  int foreground = -1;
  int background = -1;

  bool IsPlain() const { return !bold && !underline && foreground < 0 && background < 0; }
};

std::vector<int> Parameters(std::string_view text) {
  std::vector<int> values;
  while (true) {
    const size_t end = std::min(text.find_first_of(";:"), text.size());
    int value = 0;
    std::from_chars(text.data(), text.data() + end, value);
    values.push_back(value);
    if (end == text.size()) {
      return values;
    }
    text.remove_prefix(end + 1);
  }
}

// ECMA-48 section 8.3.117, and the bright colours (90-97, 100-107) of xterm.
void Apply(Look& look, const std::vector<int>& values) {
  for (size_t i = 0; i < values.size(); ++i) {
    const int v = values[i];
    if (v == 0) {
      look = {};
    } else if (v == 1) {
      look.bold = true;
    } else if (v == 4) {
      look.underline = true;
    } else if (v == 22) {
      look.bold = false;
    } else if (v == 24) {
      look.underline = false;
    } else if (v >= 30 && v <= 37) {
      look.foreground = v - 30;
    } else if (v == 39) {
      look.foreground = -1;
    } else if (v >= 40 && v <= 47) {
      look.background = v - 40;
    } else if (v == 49) {
      look.background = -1;
    } else if (v >= 90 && v <= 97) {
      look.foreground = v - 82;
    } else if (v >= 100 && v <= 107) {
      look.background = v - 92;
    } else if ((v == 38 || v == 48) && i + 1 < values.size()) {
      // A colour of 256 or of all: its numbers are no codes of their own.
      i += values[i + 1] == 5 ? 2 : 4;
    }
  }
}

void OpenSpan(HtmlWriter& out, const Look& look) {
  out.Raw("<span class=\"");
  if (look.bold) {
    out.Raw("b ");
  }
  if (look.underline) {
    out.Raw("u ");
  }
  if (look.foreground >= 0) {
    out.Raw("f").Number(static_cast<uint64_t>(look.foreground)).Raw(" ");
  }
  if (look.background >= 0) {
    out.Raw("g").Number(static_cast<uint64_t>(look.background));
  }
  out.Raw("\">");
}

void AddRun(HtmlWriter& out, const Look& look, std::string_view text) {
  if (text.empty()) {
    return;
  }
  if (!look.IsPlain()) {
    OpenSpan(out, look);
  }
  out.Text(text);
  if (!look.IsPlain()) {
    out.Raw("</span>");
  }
}

}  // namespace

void AddLogText(HtmlWriter& out, std::string_view text) {
  Look look;
  while (!text.empty()) {
    const size_t escape = std::min(text.find("\x1b["), text.size());
    AddRun(out, look, text.substr(0, escape));
    text.remove_prefix(escape);
    if (text.empty()) {
      return;
    }
    const size_t end = text.find_first_not_of("0123456789;:", 2);
    if (end == std::string_view::npos || text[end] != 'm') {
      // No colour: shown escaped.
      AddRun(out, look, text.substr(0, 2));
      text.remove_prefix(2);
      continue;
    }
    Apply(look, Parameters(text.substr(2, end - 2)));
    text.remove_prefix(end + 1);
  }
}

}  // namespace reports
