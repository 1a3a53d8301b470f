#include "runner/terminal_view.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <string_view>

#include "runner/live_view.h"
#include "runner/plain_view.h"
#include "runtime/base/error.h"
#include "runtime/base/files.h"

namespace runner {
namespace {

TextSink SinkOf(int fd) {
  return [fd](std::string_view text) {
    try {
      runtime::base::WriteAll(fd, text, "output");
    } catch (const runtime::base::Error&) {
      // Nobody reads it any more.
    }
  };
}

ScreenSize SizeOf(int fd) {
  winsize size = {};
  if (::ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) {
    return {};
  }
  return {size.ws_col, size.ws_row};
}

bool CanMoveTheCursor() {
  const char* term = std::getenv("TERM");
  return term != nullptr && *term != '\0' && std::string_view(term) != "dumb";
}

}  // namespace

std::unique_ptr<pipeline::RunObserver> MakeTerminalView(const TerminalViewOptions& options) {
  static const runtime::base::Clock kClock;
  SummaryStyle style;
  style.colour = options.colour && ::isatty(options.result_fd) == 1;
  style.quiet = options.quiet;
  if (options.terminal && !options.quiet && CanMoveTheCursor()) {
    const int fd = options.progress_fd;
    return std::make_unique<LiveView>(
        SinkOf(fd), SinkOf(options.result_fd), [fd] { return SizeOf(fd); }, options.colour, style,
        kClock);
  }
  // Plain lines have shown the whole log before.
  style.logs = options.quiet;
  return std::make_unique<PlainView>(SinkOf(options.progress_fd), SinkOf(options.result_fd),
                                     options.colour, style);
}

}  // namespace runner
