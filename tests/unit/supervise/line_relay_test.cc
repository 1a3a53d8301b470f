#include "runtime/supervise/line_relay.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <signal.h>
#include <unistd.h>

#include <sstream>
#include <string>

#include "runtime/base/fd.h"
#include "runtime/base/files.h"

namespace runtime::supervise {
namespace {

using testing::HasSubstr;

class LineRelayTest : public testing::Test {
 protected:
  LineRelayTest() : pipe_(base::MakePipe()), output_(pipe_.write.get()) {
    EXPECT_TRUE(relay_.Open("web"));
  }
  ~LineRelayTest() override {
    ::close(relay_.reader());
    ::close(relay_.writer());
  }

  void Write(const std::string& text) { base::WriteAll(relay_.writer(), text, "pipe"); }
  // What has been passed on by now.
  std::string Passed() {
    relay_.Pump(output_);
    output_.Flush();
    ::fcntl(pipe_.read.get(), F_SETFL, O_NONBLOCK);
    std::string text(1 << 20, '\0');
    const ssize_t n = ::read(pipe_.read.get(), text.data(), text.size());
    text.resize(n > 0 ? static_cast<size_t>(n) : 0);
    return text;
  }

  base::Pipe pipe_;
  Output output_;
  LineRelay relay_;
};

TEST_F(LineRelayTest, PutsTheNameInFrontOfEachLine) {
  Write("one\n\ntwo\n");
  EXPECT_EQ(Passed(), "web: one\nweb: \nweb: two\n");
}

TEST_F(LineRelayTest, KeepsTheBeginningOfALineUntilItsEnd) {
  Write("one\ntw");
  EXPECT_EQ(Passed(), "web: one\n");
  Write("o\nthr");
  EXPECT_EQ(Passed(), "web: two\n");
}

TEST_F(LineRelayTest, EndOfTheServiceEndsItsLine) {
  Write("one\ntwo");
  relay_.EndLine();
  EXPECT_EQ(Passed(), "web: one\nweb: two\n");
  Write("three");
  EXPECT_EQ(Passed(), "");
}

TEST_F(LineRelayTest, EndOfTheServiceAddsNoEmptyLine) {
  Write("one\n");
  relay_.EndLine();
  EXPECT_EQ(Passed(), "web: one\n");
  Write("tw");
  EXPECT_EQ(Passed(), "");
}

TEST_F(LineRelayTest, IsDoneWhenThePipeIsEmpty) {
  EXPECT_FALSE(relay_.Pump(output_));
  Write("one\ntw");
  EXPECT_FALSE(relay_.Pump(output_));
  relay_.EndLine();
  EXPECT_FALSE(relay_.Pump(output_));
}

TEST_F(LineRelayTest, SplitsALineThatIsTooLong) {
  Write(std::string(kMaxLine + 1, 'x') + "\n");
  EXPECT_EQ(Passed(), "web: " + std::string(kMaxLine, 'x') + "\nweb: x\n");
}

TEST_F(LineRelayTest, BytesArriveAsTheyWere) {
  const std::string odd("\0\x1b[31m\xff\r", 8);
  Write(odd + "\n");
  EXPECT_EQ(Passed(), "web: " + odd + "\n");
}

// What a full pipe holds back is neither lost nor waited for.
TEST_F(LineRelayTest, LosesNothingWhenTheOutputIsFull) {
  ::fcntl(pipe_.write.get(), F_SETPIPE_SZ, 4096);
  std::string expected;
  std::string text;
  for (int i = 0; i < 1000; ++i) {
    text += std::to_string(i) + "\n";
    expected += "web: " + std::to_string(i) + "\n";
  }
  Write(text);
  EXPECT_TRUE(relay_.Pump(output_));  // There is more, which the pipe doesn't tell.
  EXPECT_FALSE(output_.empty());
  std::string passed;
  for (std::string part; !(part = Passed()).empty();) {
    EXPECT_LE(part.size(), 4096u);
    EXPECT_THAT(part, testing::EndsWith("\n"));
    passed += part;
  }
  EXPECT_EQ(passed, expected);
}

TEST_F(LineRelayTest, DropsWhatNobodyReadsAnyMore) {
  ::signal(SIGPIPE, SIG_IGN);
  pipe_.read.Reset();
  Write("one\n");
  relay_.Pump(output_);
  output_.Flush(true);
  EXPECT_TRUE(output_.empty());
}

}  // namespace
}  // namespace runtime::supervise
