#include <gmock/gmock.h>
#include <poll.h>

#include <filesystem>

#include "runtime/base/files.h"
#include "runtime/lifecycle/log_format.h"
#include "runtime/lifecycle/log_reader.h"
#include "runtime/lifecycle/log_writer.h"

namespace runtime::lifecycle {
namespace {

namespace fs = std::filesystem;

std::string Lines(LogStream stream, int64_t time_ns, std::string_view bytes) {
  std::string text;
  while (!bytes.empty()) {
    bytes.remove_prefix(AppendLogLine(text, stream, FormatLogTime(time_ns), bytes));
  }
  return text;
}

TEST(LogFormat, IsOneLineForEachLine) {
  const std::string text = Lines(LogStream::kErr, 1'000'000'001, "one\n\ntwo");
  EXPECT_EQ(text,
            "1970-01-01T00:00:01.000000001Z stderr F one\n"
            "1970-01-01T00:00:01.000000001Z stderr F \n"
            "1970-01-01T00:00:01.000000001Z stderr P two\n");
}

TEST(LogFormat, IsReadAsItWasWritten) {
  std::string bytes;
  for (int byte = 0; byte < 256; ++byte) {
    if (byte != '\n') {
      bytes.push_back(static_cast<char>(byte));
    }
  }
  std::string line = Lines(LogStream::kOut, 1'795'525'550'123'456'789, bytes + "\n");
  line.pop_back();
  const std::optional<LogEntry> entry = ParseLogLine(line);
  ASSERT_TRUE(entry);
  EXPECT_EQ(entry->text, bytes);
  EXPECT_EQ(entry->time_ns, 1'795'525'550'123'456'789);
  EXPECT_EQ(entry->stream, LogStream::kOut);
  EXPECT_TRUE(entry->full);
}

TEST(LogFormat, RefusesWhatIsNoLine) {
  std::string line = Lines(LogStream::kOut, 1, "text\n");
  line.pop_back();
  for (size_t length = 0; length < 40; ++length) {
    EXPECT_FALSE(ParseLogLine(line.substr(0, length))) << length;
  }
  line[0] = 'x';
  EXPECT_FALSE(ParseLogLine(line));
}

class LogFileTest : public testing::Test {
 protected:
  const fs::path& path() const { return directory_.path(); }
  // All texts of the log, with their line ends.
  static std::string Rest(LogReader& reader) {
    std::string text;
    while (const std::optional<LogEntry> entry = reader.Next()) {
      text.append(entry->text).append(entry->full ? "\n" : "");
    }
    return text;
  }

  base::TemporaryDirectory directory_{fs::temp_directory_path(), "log"};
};

TEST_F(LogFileTest, GoesOnWhereItWas) {
  LogWriter(path(), {}).Append(LogStream::kOut, "one\n");
  LogWriter(path(), {}).Append(LogStream::kOut, "two\n");
  LogReader reader(path());
  EXPECT_EQ(Rest(reader), "one\ntwo\n");
}

TEST_F(LogFileTest, IsBoundedAndLosesTheOldest) {
  LogWriter writer(path(), {.file_bytes = 1000, .files = 3});
  for (int i = 0; i < 1000; ++i) {
    writer.Append(LogStream::kOut, std::to_string(i) + "\n");
  }
  uint64_t bytes = 0;
  for (const fs::directory_entry& entry : fs::directory_iterator(path())) {
    bytes += entry.file_size();
  }
  EXPECT_LE(bytes, 3000u);
  LogReader reader(path());
  EXPECT_TRUE(Rest(reader).ends_with("\n998\n999\n"));
}

TEST_F(LogFileTest, IsBoundedAlsoWhenMuchComesAtOnce) {
  LogWriter writer(path(), {.file_bytes = 1000, .files = 2});
  writer.Append(LogStream::kOut, std::string(2000, '\n') + "last");
  for (const char* file : {"log", "log.1"}) {
    EXPECT_LE(fs::file_size(path() / file), 1000u);
  }
  LogReader reader(path());
  EXPECT_TRUE(Rest(reader).ends_with("\n\nlast"));
}

TEST_F(LogFileTest, IsFollowedAcrossRotations) {
  for (const unsigned files : {1u, 2u, 4u}) {
    const base::TemporaryDirectory directory(fs::temp_directory_path(), "log");
    LogWriter writer(directory.path(), {.file_bytes = 300, .files = files});
    LogReader reader(directory.path());
    std::string expected;
    std::string read;
    for (int i = 0; i < 100; ++i) {
      const std::string line = "line " + std::to_string(i) + "\n";
      writer.Append(LogStream::kOut, line);
      expected += line;
      read += Rest(reader);
    }
    EXPECT_EQ(read, expected) << files;
  }
}

TEST_F(LogFileTest, TellsThatThereIsMore) {
  LogWriter writer(path(), {});
  LogReader reader(path());
  pollfd event = {reader.ChangeEvents(), POLLIN, 0};
  Rest(reader);
  reader.ClearEvents();
  EXPECT_EQ(::poll(&event, 1, 0), 0);
  writer.Append(LogStream::kOut, "more\n");
  EXPECT_EQ(::poll(&event, 1, 10'000), 1);
  EXPECT_EQ(Rest(reader), "more\n");
}

TEST_F(LogFileTest, OfAContainerThatWroteNothingIsEmpty) {
  LogReader reader(path());
  EXPECT_EQ(Rest(reader), "");
}

}  // namespace
}  // namespace runtime::lifecycle
