// Containers in the test's own process, through the library.
#pragma once

#include <fcntl.h>
#include <signal.h>
#include <sys/mount.h>

#include <memory>
#include <string>

#include "runner/image_container.h"
#include "runtime/base/files.h"
#include "runtime/container/container.h"
#include "runtime/image/image_store.h"
#include "tests/integration/container/run_fixture.h"

namespace tests {

class LibraryTest : public RunTest {
 protected:
  // What the host mounted in this process's namespace is in the way of removing the directory.
  ~LibraryTest() override { ::umount2(host_->stage().c_str(), MNT_DETACH); }

  runtime::container::ContainerSpec Spec(const runtime::container::ContainerDirectory& directory,
                                         const std::string& script) const {
    runner::ProgramChoice choice;
    choice.arguments = {"sh", "-c", script};
    return runner::SpecForImage(store_, image_, directory, choice);
  }
  // What it writes until the last holder of its output closes that.
  std::string OutputOf(const runtime::container::ContainerSpec& spec, int input) {
    runtime::base::Pipe out = runtime::base::MakePipe();
    const runtime::base::UniqueFd null = runtime::base::OpenFile("/dev/null", O_RDWR);
    runtime::container::Container running = runtime::container::Container::Start(
        *host_, spec, {.in = input, .out = out.write.get(), .err = null.get()});
    out.write.Reset();
    const std::string text = runtime::base::ReadAll(out.read.get(), "output");
    running.Signal(SIGKILL);
    running.Wait();
    return text;
  }
  runtime::base::StateDir state_{state()};
  std::unique_ptr<runtime::container::Host> host_ = runtime::container::Host::Open(state_);
  runtime::image::ImageStore store_{state_};
  runtime::image::Image image_ = store_.Get("busybox");
};

}  // namespace tests
