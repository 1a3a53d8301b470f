// Life: a kept container from a start to its end, in its monitor; one after the other. One thread.
#pragma once

#include <functional>
#include <optional>

#include "runtime/base/fd.h"
#include "runtime/container/container.h"
#include "runtime/lifecycle/event_loop.h"
#include "runtime/lifecycle/output.h"

namespace runtime::lifecycle {

class Life {
 public:
  // All must outlive the object.
  Life(container::Host& host, EventLoop& loop, Output& output)
      : host_(host), loop_(loop), output_(output) {}

  // Starts the container and returns at its end; the loop is served meanwhile. `on_started` is
  // called when the program runs, unless it ends before. With `open_input` the program's standard
  // input is open for input(), else it is empty. `size` is that of its terminal, as of
  // Order::kStart. Throws Error when it can't be started.
  container::ContainerEnd Run(const container::ContainerSpec& spec, bool open_input, uint32_t size,
                              const std::function<void()>& on_started);

  // Nothing between lives.
  container::Container* container() { return container_ ? &*container_ : nullptr; }

  // What the program's input is written to, -1 when there is none; borrowed.
  int input() const { return container_ && input_ ? input_.get() : terminal(); }
  // Closes our copy: the input ends with the last one. A terminal stays open.
  void EndInput() { input_.Reset(); }

 private:
  int terminal() const { return container_ ? container_->terminal() : -1; }

  container::Host& host_;
  EventLoop& loop_;
  Output& output_;
  std::optional<container::Container> container_;
  base::UniqueFd input_;
};

}  // namespace runtime::lifecycle
