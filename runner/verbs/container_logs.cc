// runner container logs: what a container wrote, and with -f what it goes on to write.
#include <poll.h>
#include <unistd.h>

#include <cstdlib>
#include <deque>
#include <optional>
#include <string>

#include "runner/cli.h"
#include "runner/container_control.h"
#include "runner/verbs/container_verbs.h"
#include "runner/when.h"
#include "runtime/base/error.h"
#include "runtime/base/files.h"
#include "runtime/base/terminal_text.h"
#include "runtime/lifecycle/log_reader.h"
#include "runtime/lifecycle/store.h"

namespace runner {
namespace {

namespace base = runtime::base;
namespace lifecycle = runtime::lifecycle;
using lifecycle::LogEntry;
using lifecycle::LogStream;
using lifecycle::Store;

struct LogOptions {
  std::string container;
  bool follow = false;
  bool times = false;
  std::string tail = "all";
  std::string since;
  std::string until;
};

// Entries as lines of our two outputs.
class Printer {
 public:
  explicit Printer(bool times) : times_(times) {}

  void Print(const LogEntry& entry) {
    const size_t stream = entry.stream == LogStream::kOut ? 0 : 1;
    std::string text;
    if (times_ && line_begins_[stream]) {
      text = lifecycle::FormatLogTime(entry.time_ns) + " ";
    }
    text.append(entry.text).append(entry.full ? "\n" : "");
    line_begins_[stream] = entry.full;
    base::WriteAll(stream == 0 ? STDOUT_FILENO : STDERR_FILENO, text, "the log");
  }

 private:
  bool times_;
  bool line_begins_[2] = {true, true};
};

// The last `count` lines: with the pieces of a line that isn't full.
class Tail {
 public:
  explicit Tail(size_t count) : count_(count) {}

  void Take(const LogEntry& entry) {
    entries_.push_back({entry, std::string(entry.text)});
    lines_ += entry.full ? 1 : 0;
    while (!entries_.empty() && lines_ + (entries_.back().entry.full ? 0 : 1) > count_) {
      lines_ -= entries_.front().entry.full ? 1 : 0;
      entries_.pop_front();
    }
  }

  void PrintTo(Printer& printer) {
    for (Kept& kept : entries_) {
      kept.entry.text = kept.text;
      printer.Print(kept.entry);
    }
  }

 private:
  struct Kept {
    LogEntry entry;
    std::string text;
  };
  size_t count_;
  size_t lines_ = 0;
  std::deque<Kept> entries_;
};

std::optional<size_t> TailCount(const std::string& text) {
  if (text == "all") {
    return std::nullopt;
  }
  char* end = nullptr;
  const unsigned long count = std::strtoul(text.c_str(), &end, 10);
  if (text.empty() || text[0] == '-' || *end != '\0') {
    throw base::Error(base::ErrorKind::kUsage,
                      "--tail " + base::ForMessage(text) + ": expected a number of lines, or all");
  }
  return count;
}

int ShowLogs(const LogOptions& options, const Globals& globals) {
  const Store store{OpenState(globals.root)};
  const std::string id = store.Find(options.container);
  const std::optional<size_t> tail_count = TailCount(options.tail);
  const int64_t since = options.since.empty() ? 0 : ParseWhen("--since", options.since);
  const int64_t until = options.until.empty() ? INT64_MAX : ParseWhen("--until", options.until);

  lifecycle::LogReader reader(store.Directory(id));
  // Both before the first look: what comes meanwhile must not be missed.
  base::UniqueFd monitor;
  if (options.follow) {
    reader.ChangeEvents();
    if (std::optional<base::UniqueFd> connection = ConnectTo(store, id)) {
      monitor = *std::move(connection);
      lifecycle::Ask(monitor.get(), {.order = lifecycle::Order::kWait});
    }
  }
  Printer printer(options.times);
  Tail tail(tail_count.value_or(0));
  const auto each = [&](const auto& take) {
    while (const std::optional<LogEntry> entry = reader.Next()) {
      if (entry->time_ns >= since && entry->time_ns <= until) {
        take(*entry);
      }
    }
  };
  const auto print = [&](const LogEntry& entry) { printer.Print(entry); };
  if (tail_count) {
    each([&](const LogEntry& entry) { tail.Take(entry); });
    tail.PrintTo(printer);
  } else {
    each(print);
  }
  while (monitor) {
    pollfd events[] = {{reader.ChangeEvents(), POLLIN, 0}, {monitor.get(), POLLIN, 0}};
    if (::poll(events, std::size(events), -1) < 0 && errno != EINTR) {
      throw base::Error::FromErrno("wait for the log");
    }
    if (events[0].revents != 0) {
      reader.ClearEvents();
    }
    if (events[1].revents != 0) {
      monitor.Reset();  // It has ended: what it wrote is all there is.
    }
    each(print);
  }
  return kExitPassed;
}

}  // namespace

int ContainerLogsMain(std::vector<std::string> args) {
  LogOptions options;
  return RunVerb(
      "container logs", "Shows what a container wrote: its standard output and error on ours",
      std::move(args),
      [&](CLI::App& app) {
        app.add_option("CONTAINER", options.container, "Name, id or first digits")->required();
        app.add_flag("-f,--follow", options.follow, "Go on until the container ends");
        app.add_flag("-t,--timestamps", options.times, "Begin each line with its time");
        app.add_option("-n,--tail", options.tail, "Only that many last lines (default: all)");
        app.add_option("--since", options.since, "From this time on, or how long ago: 10m");
        app.add_option("--until", options.until, "Up to this time, or how long ago");
      },
      [&](const Globals& globals) { return ShowLogs(options, globals); });
}

}  // namespace runner
