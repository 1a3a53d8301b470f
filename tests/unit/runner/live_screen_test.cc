#include "runner/live_screen.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runner/text_width.h"

namespace runner {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::Not;

TEST(LiveLines, ShowNameTimeAndLastLine) {
  EXPECT_THAT(LiveLines({{"build", milliseconds(12900), "[ 50%] Building hello.cc"},
                         {"lint", milliseconds(83000), ""}},
                        {}, false),
              ElementsAre("  build      12 s  [ 50%] Building hello.cc", "  lint   1:23 min  "));
}

TEST(LiveLines, FitATerminalOfTwentyColumns) {
  for (const size_t columns : {1u, 2u, 5u, 20u, 40u}) {
    const auto lines = LiveLines({{"a-step-with-a-long-name", milliseconds(1000),
                                   "\xE4\xBD\xA0\xE5\xA5\xBD\xE4\xBD\xA0\xE5\xA5\xBD text"}},
                                 {columns, 24}, true);
    ASSERT_EQ(lines.size(), 1u);
    EXPECT_LT(DisplayWidth(lines[0]), std::max<size_t>(columns, 2)) << columns;
  }
}

TEST(LiveLines, SayHowManyStepsDoNotFit) {
  const std::vector<LiveStep> steps(10, {"s", milliseconds(0), ""});
  const auto lines = LiveLines(steps, {80, 5}, false);
  EXPECT_EQ(lines.size(), 4u);
  EXPECT_EQ(lines.back(), "  and 7 more steps");
}

TEST(LiveLines, LetNoEscapeSequenceThrough) {
  const auto lines = LiveLines({{"s", milliseconds(0),
                                 "\x1b]0;title\x07\x1b[2J\x1b[31mred\tand \x9b"
                                 "5A"}},
                               {}, false);
  EXPECT_THAT(lines[0], Not(testing::HasSubstr("\x1b")));
  EXPECT_THAT(lines[0], Not(testing::HasSubstr("\x9b")));
  EXPECT_THAT(lines[0], Not(testing::HasSubstr("\t")));
}

TEST(LiveLines, ShowTheStateAfterTheLastCarriageReturn) {
  EXPECT_THAT(LiveLines({{"s", milliseconds(0), "10%\r20%\r30%\r"}}, {}, false),
              ElementsAre("  s       0 s  30%"));
}

TEST(LiveScreen, DrawsOverWhatIsThere) {
  LiveScreen screen;
  EXPECT_EQ(screen.Redraw("", {"one", "two"}, {}), "\r\x1b[Jone\ntwo\n");
  EXPECT_EQ(screen.Redraw("done\n", {"two"}, {}), "\r\x1b[2A\x1b[Jdone\ntwo\n");
  EXPECT_EQ(screen.Redraw("", {}, {}), "\r\x1b[1A\x1b[J");
  EXPECT_EQ(screen.Redraw("", {}, {}), "\r\x1b[J");
}

TEST(LiveScreen, CountsTheRowsThatANarrowerTerminalMadeOfIt) {
  LiveScreen screen;
  screen.Redraw("", {std::string(79, 'x'), "short"}, {80, 24});
  EXPECT_EQ(screen.Redraw("", {}, {40, 24}), "\r\x1b[3A\x1b[J");
}

}  // namespace
}  // namespace runner
