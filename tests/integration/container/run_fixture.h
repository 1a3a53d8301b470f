// What the tests of `runner run` share: a state directory with a busybox image, and the command.
#pragma once

#include <gtest/gtest.h>
#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <iosfwd>
#include <string>
#include <vector>

#include "runtime/base/fd.h"
#include "runtime/base/files.h"

namespace tests {

using Words = std::vector<std::string>;

struct Output {
  int code = -1;     // exit code; 128 + signal when the command itself was killed
  std::string text;  // standard output
  std::string errors;
  bool operator==(const Output&) const = default;
};
void PrintTo(const Output& output, std::ostream* stream);

// A program that runs beside the test. Killed and waited for with the object.
class Process {
 public:
  // `input`: what its standard input is; -1 for /dev/null.
  explicit Process(const Words& command, int input = -1);
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  ~Process();

  // Reads its output until this text comes; what was read so far. Fails the test at its end.
  std::string ReadUntil(const std::string& text);
  void Signal(int number) const;
  // Waits for its end, this long at most; false when it still runs then. Its output isn't read
  // meanwhile.
  bool EndsWithin(std::chrono::milliseconds bound) const;
  // Reads the rest and waits.
  Output Wait();
  pid_t pid() const { return pid_; }

 private:
  pid_t pid_ = -1;
  std::string text_;
  runtime::base::UniqueFd out_;
  runtime::base::UniqueFd err_;  // a file
};

class RunTest : public testing::Test {
 protected:
  // Once for all tests of a process: the import costs 0.1 s.
  static void SetUpTestSuite();

  static const std::filesystem::path& scratch();
  static std::filesystem::path state() { return scratch() / "state"; }
  // Of the user's too, wherever the build tree is.
  static std::filesystem::path build();

  // The command, by the user who runs runner.
  static Words AsUser(const Words& command);
  // runner WORDS...
  static Words Runner(const Words& words);
  // runner run OPTIONS... IMAGE COMMAND...
  static Words RunWords(const Words& options, const Words& command,
                        const std::string& image = "busybox");
  static Output Run(const Words& options, const Words& command,
                    const std::string& image = "busybox");
  // The same with `sh -c SCRIPT`; the script may be several lines.
  static Output Shell(const Words& options, const std::string& script,
                      const std::string& image = "busybox");
  // The output of the script, which must end with 0, without the last line end.
  static std::string Text(const Words& options, const std::string& script);
  static std::string Text(const std::string& script) { return Text({}, script); }
  // Answers of the probe (probe.cc), one line each.
  static std::string Probe(const Words& options, const Words& calls);

  // PID 1 of the container of a `runner run` that runs, as the host numbers it.
  static pid_t InitOf(const Process& process);
  // A file of the one container that runs, of whichever version of cgroups has it.
  static std::string CgroupFile(const std::string& controller, const std::string& v1,
                                const std::string& v2);

  // Whether the reaper has removed all that containers left, or does so within seconds.
  static bool ContainersAreGone();

  // True in the second run of these tests ("--rootless"): an ordinary user is the one who runs
  // runner.
  static bool rootless();

  // Which id of the host a container's is: for processes, and for files on disk.
  static uint32_t HostId(uint32_t id);
  static uint32_t DiskId(uint32_t id);

  // A directory of the host for one test, of the user who runs runner.
  static std::filesystem::path MakeDirectory(const std::string& name);
  // An image "NAME" of busybox after this shell script was run in its tree.
  static void MakeImage(const std::string& name, const std::string& script,
                        const Words& changes = {});
};

// Runs a command of the host to its end.
Output RunToEnd(const Words& command, int input = -1);

}  // namespace tests
