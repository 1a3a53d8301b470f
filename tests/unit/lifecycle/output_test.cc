#include "runtime/lifecycle/output.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "runtime/base/files.h"
#include "runtime/lifecycle/log_reader.h"

namespace runtime::lifecycle {
namespace {

namespace fs = std::filesystem;
using base::UniqueFd;

class OutputTest : public testing::Test {
 protected:
  OutputTest() { output_.Begin(out_.read.get(), err_.read.get()); }

  static void Write(const base::Pipe& pipe, std::string_view text) {
    base::WriteAll(pipe.write.get(), text, "the pipe");
  }
  // What can be read now.
  static std::string Read(const UniqueFd& fd) {
    ::fcntl(fd.get(), F_SETFL, O_NONBLOCK);
    std::string text;
    char bytes[65536];
    for (ssize_t n; (n = ::read(fd.get(), bytes, sizeof bytes)) > 0;) {
      text.append(bytes, static_cast<size_t>(n));
    }
    return text;
  }
  std::string Log() const {
    LogReader reader(directory_.path());
    std::string text;
    while (const std::optional<LogEntry> entry = reader.Next()) {
      text.append(entry->text).append(entry->full ? "\n" : "");
    }
    return text;
  }
  void Fill(const base::Pipe& pipe) {
    ::fcntl(pipe.write.get(), F_SETFL, O_NONBLOCK);
    const std::string chunk(4096, 'x');
    while (::write(pipe.write.get(), chunk.data(), chunk.size()) > 0) {
      written_ += chunk.size();
    }
  }

  base::TemporaryDirectory directory_{fs::temp_directory_path(), "output"};
  base::Pipe out_ = base::MakePipe();
  base::Pipe err_ = base::MakePipe();
  EventLoop loop_;
  LogWriter log_{directory_.path(), {}};
  Output output_{loop_, log_};
  size_t written_ = 0;
};

TEST_F(OutputTest, GoesToTheLogAndToEachReader) {
  const std::vector<UniqueFd> first = output_.Attach(1, false);
  const std::vector<UniqueFd> second = output_.Attach(2, false);
  Write(out_, "out\n");
  Write(err_, "err\n");
  loop_.Dispatch();
  EXPECT_EQ(Read(first[0]), "out\n");
  EXPECT_EQ(Read(second[0]), "out\n");
  EXPECT_EQ(Read(first[1]), "err\n");
  EXPECT_EQ(Log().size(), 8u);
}

TEST_F(OutputTest, WaitsForAReaderAndLosesNothing) {
  const std::vector<UniqueFd> reader = output_.Attach(1, false);
  // Until neither pipe takes more: the container is held up.
  for (size_t before = 1; before != written_;) {
    before = written_;
    Fill(out_);
    for (int i = 0; i < 10; ++i) {
      loop_.Dispatch();
    }
  }
  std::string read;
  while (read.size() < written_) {
    read += Read(reader[0]);
    loop_.Dispatch();
  }
  EXPECT_EQ(read, std::string(written_, 'x'));
}

TEST_F(OutputTest, GoesOnWhenAReaderHasGone) {
  std::vector<UniqueFd> reader = output_.Attach(1, false);
  Fill(out_);
  loop_.Dispatch();
  reader.clear();
  output_.Detach(1);
  for (int i = 0; i < 100; ++i) {
    loop_.Dispatch();
  }
  Write(err_, "alive");
  loop_.Dispatch();
  EXPECT_EQ(Log().size(), written_ + 5);
}

TEST_F(OutputTest, GivesTheRestToAReaderThatDoesNotReadAtTheEnd) {
  const std::vector<UniqueFd> reader = output_.Attach(1, false);
  for (size_t before = 1; before != written_;) {
    before = written_;
    Fill(out_);
    for (int i = 0; i < 10; ++i) {
      loop_.Dispatch();
    }
  }
  out_.write.Reset();
  output_.Finish();
  EXPECT_EQ(Read(reader[0]), std::string(written_, 'x'));
}

TEST_F(OutputTest, EndsForItsReadersWithTheContainer) {
  const std::vector<UniqueFd> reader = output_.Attach(1, false);
  Write(out_, "last");
  output_.Finish();
  char bytes[16];
  EXPECT_EQ(::read(reader[0].get(), bytes, sizeof bytes), 4);
  EXPECT_EQ(::read(reader[0].get(), bytes, sizeof bytes), 0);
}

}  // namespace
}  // namespace runtime::lifecycle
