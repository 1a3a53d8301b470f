// What the tests of `runner container` share.
#pragma once

#include <filesystem>
#include <string>

#include "tests/integration/container/run_fixture.h"

namespace tests {

class LifecycleTest : public RunTest {
 protected:
  // Removes every container, and proves that nothing of them is left.
  void TearDown() override;

  // runner container WORDS...
  static Output Container(const Words& words);
  // The same, which must end with 0: its output without the last line end.
  static std::string Ok(const Words& words);
  // runner run -d OPTIONS... busybox sh -c SCRIPT; the container's id.
  static std::string Start(const Words& options, const std::string& script);
  // As `container inspect --format`.
  static std::string Inspect(const std::string& container, const std::string& format);
  // "running", "exited" ...
  static std::string Status(const std::string& container) {
    return Inspect(container, "{{.State.Status}}");
  }
  // Waits until the log has this text; what it has.
  static std::string AwaitLog(const std::string& container, const std::string& text);

  // Processes of this host: the container's PID 1, its monitor, the monitor's reaper.
  static pid_t Init(const std::string& container);
  static pid_t Monitor(const std::string& container);
  static pid_t ReaperOf(pid_t monitor);
  static std::filesystem::path Kept(const std::string& id) { return state() / "kept" / id; }
  // Kills a process of these, and waits for its end.
  static void KillHard(pid_t process);
};

}  // namespace tests
