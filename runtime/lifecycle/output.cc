#include "runtime/lifecycle/output.h"

#include <fcntl.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "runtime/base/error.h"

namespace runtime::lifecycle {
namespace {

constexpr size_t kChunk = 16384;
// Room for all that can be left in a container's pipe (64 KiB, pipe(7)) and what is pending.
constexpr int kLastPipeSize = 256 << 10;

void SetNonBlocking(int fd) { ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK); }

}  // namespace

Output::~Output() { Finish(); }

std::vector<base::UniqueFd> Output::Attach(uint64_t id, bool terminal) {
  std::vector<base::UniqueFd> ends;
  for (size_t i = 0; i < (terminal ? 1 : 2); ++i) {
    base::Pipe pipe = base::MakePipe();
    SetNonBlocking(pipe.write.get());
    ends.push_back(std::move(pipe.read));
    Source& source = sources_[i];
    source.sinks.push_back({.id = id, .pipe = std::move(pipe.write), .pending = {}});
  }
  return ends;
}

void Output::Detach(uint64_t id) {
  for (Source& source : sources_) {
    Drop(source, id);
  }
}

void Output::Begin(int out, int err) {
  sources_[0].fd = out;
  sources_[1].fd = err;
  sources_[1].stream = LogStream::kErr;
  for (Source& source : sources_) {
    if (source.fd >= 0) {
      SetNonBlocking(source.fd);
      Watch(source);
    }
  }
}

void Output::Watch(Source& source) {
  const bool wanted =
      source.fd >= 0 && std::all_of(source.sinks.begin(), source.sinks.end(),
                                    [](const Sink& sink) { return sink.pending.empty(); });
  if (wanted && source.watch == 0) {
    source.watch = loop_.Add(source.fd, EPOLLIN, [this, &source] { ReadOnce(source); });
  } else if (!wanted && source.watch != 0) {
    loop_.Remove(std::exchange(source.watch, 0));
  }
}

bool Output::ReadOnce(Source& source) {
  std::array<char, kChunk> bytes;
  const ssize_t n = ::read(source.fd, bytes.data(), bytes.size());
  if (n < 0 && (errno == EINTR || errno == EAGAIN)) {
    return errno == EINTR;
  }
  if (n <= 0) {
    // A terminal whose other side is closed answers EIO.
    source.fd = -1;
    loop_.Remove(std::exchange(source.watch, 0));
    return false;
  }
  const std::string_view text(bytes.data(), static_cast<size_t>(n));
  log_.Append(source.stream, text);
  for (auto sink = source.sinks.begin(); sink != source.sinks.end();) {
    Give(source, *sink++, text);
  }
  Watch(source);
  return true;
}

// What the reader can't take yet is kept for it.
void Output::Give(Source& source, Sink& sink, std::string_view bytes) {
  if (!sink.pending.empty()) {
    sink.pending.append(bytes);
    return;
  }
  const ssize_t n = ::write(sink.pipe.get(), bytes.data(), bytes.size());
  if (n < 0 && errno != EAGAIN && errno != EINTR) {
    Drop(source, sink.id);  // It has gone.
    return;
  }
  sink.pending = bytes.substr(static_cast<size_t>(std::max<ssize_t>(n, 0)));
  if (sink.pending.empty() || sink.watch != 0) {
    return;
  }
  sink.watch = loop_.Add(sink.pipe.get(), EPOLLOUT, [this, &source, &sink] {
    const std::string rest = std::exchange(sink.pending, {});
    loop_.Remove(std::exchange(sink.watch, 0));
    Give(source, sink, rest);
    Watch(source);
  });
}

void Output::Drop(Source& source, uint64_t id) {
  source.sinks.remove_if([&](const Sink& sink) {
    if (sink.id == id && sink.watch != 0) {
      loop_.Remove(sink.watch);
    }
    return sink.id == id;
  });
  Watch(source);
}

void Output::Finish() {
  for (Source& source : sources_) {
    for (const Sink& sink : source.sinks) {
      ::fcntl(sink.pipe.get(), F_SETPIPE_SZ, kLastPipeSize);
    }
    while (source.fd >= 0 && ReadOnce(source)) {
    }
    for (Sink& sink : source.sinks) {
      if (sink.watch != 0) {
        loop_.Remove(sink.watch);
      }
      [[maybe_unused]] const ssize_t n =
          ::write(sink.pipe.get(), sink.pending.data(), sink.pending.size());
    }
    source.sinks.clear();
    if (source.watch != 0) {
      loop_.Remove(std::exchange(source.watch, 0));
    }
    source.fd = -1;
  }
}

}  // namespace runtime::lifecycle
