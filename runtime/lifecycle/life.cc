#include "runtime/lifecycle/life.h"

#include <fcntl.h>
#include <sys/ioctl.h>

#include <utility>

#include "runtime/base/files.h"

namespace runtime::lifecycle {
using base::UniqueFd;
using container::Container;

namespace {

// Ends what belongs to one life, however it ended.
template <typename F>
class AtEnd {
 public:
  explicit AtEnd(F f) : f_(std::move(f)) {}
  ~AtEnd() { f_(); }
  AtEnd(const AtEnd&) = delete;
  AtEnd& operator=(const AtEnd&) = delete;

 private:
  F f_;
};

void SetSize(int terminal, uint32_t size) {
  winsize window = {};
  window.ws_row = static_cast<unsigned short>(size >> 16);
  window.ws_col = static_cast<unsigned short>(size & 0xFFFF);
  ::ioctl(terminal, TIOCSWINSZ, &window);
}

}  // namespace

container::ContainerEnd Life::Run(const container::ContainerSpec& spec, bool open_input,
                                  uint32_t size, const std::function<void()>& on_started) {
  const UniqueFd null = base::OpenFile("/dev/null", O_RDWR);
  base::Pipe in;
  base::Pipe out;
  base::Pipe err;
  if (!spec.terminal) {
    out = base::MakePipe();
    err = base::MakePipe();
    if (open_input) {
      in = base::MakePipe();
      // Who has it must be able to go on with the output meanwhile.
      ::fcntl(in.write.get(), F_SETFL, O_NONBLOCK);
    }
  }
  const auto or_null = [&](const UniqueFd& fd) { return fd ? fd.get() : null.get(); };
  container_.emplace(Container::Start(
      host_, spec, {.in = or_null(in.read), .out = or_null(out.write), .err = or_null(err.write)}));
  if (spec.terminal && size != 0) {
    SetSize(container_->terminal(), size);  // Before the program looks.
  }
  const AtEnd end([this] {
    output_.Finish();
    input_.Reset();
    container_.reset();
  });
  in.read.Reset();
  out.write.Reset();
  err.write.Reset();
  input_ = std::move(in.write);
  output_.Begin(spec.terminal ? container_->terminal() : out.read.get(), err.read.get());
  return container_->Wait(
      {}, {.fd = loop_.fd(), .on_ready = [this] { loop_.Dispatch(); }, .on_started = on_started});
}

}  // namespace runtime::lifecycle
