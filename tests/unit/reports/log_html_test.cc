#include "reports/log_html.h"

#include <gtest/gtest.h>

namespace reports {
namespace {

std::string Html(std::string_view text) {
  HtmlWriter out;
  AddLogText(out, text);
  return out.html();
}

TEST(LogHtml, TurnsColoursIntoClasses) {
  EXPECT_EQ(Html("a \x1b[1;31mred\x1b[0m b"), "a <span class=\"b f1 \">red</span> b");
  EXPECT_EQ(Html("\x1b[92;44mx\x1b[39my\x1b[m"),
            "<span class=\"f10 g4\">x</span><span class=\"g4\">y</span>");
}

TEST(LogHtml, DropsColoursItHasNoClassFor) {
  EXPECT_EQ(Html("\x1b[38;5;31mx\x1b[38;2;31;32;33my"), "xy");
  EXPECT_EQ(Html("\x1b[3;53mx"), "x");
}

TEST(LogHtml, EscapesMarkupAndOtherSequences) {
  EXPECT_EQ(Html("<script>\x1b[2J\x1b]0;x\x07\x1b["), "&lt;script&gt;^[[2J^[]0;x\\x07^[[");
  EXPECT_EQ(Html("\x1b[31m<b>\x1b["),
            "<span class=\"f1 \">&lt;b&gt;</span><span class=\"f1 \">^[[</span>");
}

}  // namespace
}  // namespace reports
