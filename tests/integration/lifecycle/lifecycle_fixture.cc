#include "tests/integration/lifecycle/lifecycle_fixture.h"

#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <iterator>
#include <sstream>

#include "runtime/base/error.h"
#include "runtime/base/files.h"
#include "tests/support/wait_until.h"

namespace tests {

namespace base = runtime::base;
namespace fs = std::filesystem;

namespace {

// The processes that have this word in their command line.
std::vector<pid_t> ProcessesWith(const std::string& word) {
  std::vector<pid_t> found;
  for (const fs::directory_entry& entry : fs::directory_iterator("/proc")) {
    const std::string name = entry.path().filename();
    if (name.find_first_not_of("0123456789") != std::string::npos) {
      continue;
    }
    std::ifstream file(entry.path() / "cmdline");
    std::string line;
    std::getline(file, line);  // Nothing of one that has just ended.
    if (line.find(word) != std::string::npos) {
      found.push_back(std::stoi(name));
    }
  }
  return found;
}

std::string Trimmed(std::string text) {
  while (text.ends_with('\n')) {
    text.pop_back();
  }
  return text;
}

pid_t Number(const std::string& text) {
  const pid_t pid = text.empty() ? 0 : std::stoi(text);
  if (pid <= 1) {  // kill(2) of -1 or 0 would mean many.
    throw base::Error(base::ErrorKind::kInternal, "no such process: " + text);
  }
  return pid;
}

}  // namespace

void LifecycleTest::TearDown() {
  const std::string all = Trimmed(Container({"ps", "-aq"}).text);
  std::istringstream ids(all);
  for (std::string id; ids >> id;) {
    EXPECT_EQ(Container({"rm", "-f", id}).code, 0);
    for (const char* controller : {"", "pids", "memory", "cpu", "freezer"}) {
      EXPECT_FALSE(fs::exists(fs::path("/sys/fs/cgroup") / controller / "runner" / id));
    }
  }
  if (fs::exists(state() / "kept")) {
    EXPECT_TRUE(fs::is_empty(state() / "kept"));
  }
  // A monitor that has said its last word is still on its way out.
  EXPECT_TRUE(
      WaitUntil([] { return ProcessesWith(state().string()).empty(); }, std::chrono::seconds(10)));
}

Output LifecycleTest::Container(const Words& words) {
  Words all = {"container"};
  all.insert(all.end(), words.begin(), words.end());
  return RunToEnd(Runner(all));
}

std::string LifecycleTest::Ok(const Words& words) {
  const Output output = Container(words);
  EXPECT_EQ(output.code, 0) << output.text << output.errors;
  return Trimmed(output.text);
}

std::string LifecycleTest::Start(const Words& options, const std::string& script) {
  Words all = {"-d"};
  all.insert(all.end(), options.begin(), options.end());
  const Output output = Shell(all, script);
  EXPECT_EQ(output.code, 0) << output.errors;
  return Trimmed(output.text);
}

std::string LifecycleTest::Inspect(const std::string& container, const std::string& format) {
  return Ok({"inspect", "--format", format, container});
}

std::string LifecycleTest::AwaitLog(const std::string& container, const std::string& text) {
  Words words = Runner({"container", "logs", "-f", container});
  Process logs(words);
  return logs.ReadUntil(text);
}

pid_t LifecycleTest::Init(const std::string& container) {
  return Number(Inspect(container, "{{.State.Pid}}"));
}

pid_t LifecycleTest::Monitor(const std::string& container) {
  std::ifstream status("/proc/" + std::to_string(Init(container)) + "/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("PPid:")) {
      return Number(line.substr(line.find_first_of("0123456789")));
    }
  }
  throw base::Error(base::ErrorKind::kInternal, "no monitor");
}

pid_t LifecycleTest::ReaperOf(pid_t monitor) {
  const std::string pid = std::to_string(monitor);
  std::istringstream children(base::ReadFile("/proc/" + pid + "/task/" + pid + "/children"));
  for (pid_t child = 0; children >> child;) {
    if (base::ReadFile("/proc/" + std::to_string(child) + "/comm") == "runner-reaper\n") {
      return child;
    }
  }
  throw base::Error(base::ErrorKind::kInternal, "no reaper");
}

void LifecycleTest::KillHard(pid_t process) {
  const base::UniqueFd fd(static_cast<int>(::syscall(SYS_pidfd_open, process, 0)));
  ASSERT_TRUE(fd);
  ::syscall(SYS_pidfd_send_signal, fd.get(), SIGKILL, nullptr, 0);
  pollfd event = {fd.get(), POLLIN, 0};
  ASSERT_EQ(::poll(&event, 1, 10'000), 1);
}

}  // namespace tests
