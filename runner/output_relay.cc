#include "runner/output_relay.h"

#include <unistd.h>

#include <array>
#include <cerrno>

#include "runtime/base/error.h"
#include "runtime/base/files.h"

namespace runner {
namespace {

void Copy(int from, int to) {
  std::array<char, 16384> data;
  while (true) {
    const ssize_t n = ::read(from, data.data(), data.size());
    if (n < 0 && errno == EINTR) {
      continue;
    }
    if (n <= 0) {
      return;
    }
    try {
      runtime::base::WriteAll(to, {data.data(), static_cast<size_t>(n)}, "the terminal");
    } catch (const runtime::base::Error&) {
      return;  // The terminal is gone; the container notices by its pipe.
    }
  }
}

}  // namespace

OutputRelay::OutputRelay(int target, bool wanted) : target_(target) {
  if (wanted && ::isatty(target) == 1) {
    pipe_ = runtime::base::MakePipe();
  }
}

void OutputRelay::Begin() {
  if (pipe_.write) {
    pipe_.write.Reset();
    thread_ = std::thread([from = pipe_.read.get(), to = target_] { Copy(from, to); });
  }
}

OutputRelay::~OutputRelay() {
  pipe_.write.Reset();
  if (thread_.joinable()) {
    thread_.join();
  }
}

}  // namespace runner
