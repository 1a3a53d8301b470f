#include "tests/integration/container/run_fixture.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>
#include <ostream>
#include <sstream>

#include "runtime/base/error.h"
#include "runtime/container/id_map.h"
#include "tests/support/ordinary_user.h"
#include "tests/support/wait_until.h"

extern char** environ;

namespace tests {

namespace base = runtime::base;
namespace fs = std::filesystem;

void PrintTo(const Output& output, std::ostream* stream) {
  *stream << "code " << output.code << "\n" << output.text << output.errors;
}

Process::Process(const Words& command, int input) {
  std::vector<char*> arguments;
  for (const std::string& word : command) {
    arguments.push_back(const_cast<char*>(word.c_str()));
  }
  arguments.push_back(nullptr);
  base::Pipe out = base::MakePipe();
  err_.Reset(::memfd_create("errors", MFD_CLOEXEC));
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  if (input >= 0) {
    ::posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
  } else {
    ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  }
  ::posix_spawn_file_actions_adddup2(&actions, out.write.get(), STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, err_.get(), STDERR_FILENO);
  const int failure =
      ::posix_spawnp(&pid_, arguments[0], &actions, nullptr, arguments.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (failure != 0) {
    throw base::Error::FromErrno("run " + command[0], failure);
  }
  out_ = std::move(out.read);
}

Process::~Process() {
  if (pid_ > 0) {
    Signal(SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
}

std::string Process::ReadUntil(const std::string& text) {
  while (text_.find(text) == std::string::npos) {
    std::array<char, 4096> data;
    const ssize_t n = ::read(out_.get(), data.data(), data.size());
    if (n <= 0) {
      ADD_FAILURE() << "no \"" << text << "\" in the output: " << text_;
      break;
    }
    text_.append(data.data(), static_cast<size_t>(n));
  }
  return text_;
}

void Process::Signal(int number) const {
  if (pid_ > 0) {  // Not -1, which is everybody.
    ::kill(pid_, number);
  }
}

bool Process::EndsWithin(std::chrono::milliseconds bound) const {
  const base::UniqueFd process(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));
  pollfd end = {process.get(), POLLIN, 0};
  return ::poll(&end, 1, std::max(0, static_cast<int>(bound.count()))) == 1;
}

Output Process::Wait() {
  Output output;
  output.text = text_ + base::ReadAll(out_.get(), "output", 256u << 20);
  int status = 0;
  ::waitpid(pid_, &status, 0);
  pid_ = -1;
  output.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  ::lseek(err_.get(), 0, SEEK_SET);
  output.errors = base::ReadAll(err_.get(), "errors");
  return output;
}

Output RunToEnd(const Words& command, int input) { return Process(command, input).Wait(); }

const fs::path& RunTest::scratch() {
  static const base::TemporaryDirectory directory(fs::temp_directory_path(), "container");
  return directory.path();
}

namespace {

// Made with the scratch directory, and once in a process.
std::optional<OrdinaryUser> ordinary_user;

// The build tree may lie where nobody else can go: this shows it, read-only.
class BuildTree {
 public:
  explicit BuildTree(const fs::path& at) : at_(at) {
    fs::create_directory(at);
    if (::mount(std::getenv("RUNNER_BUILD"), at.c_str(), nullptr, MS_BIND, nullptr) != 0 ||
        ::mount(nullptr, at.c_str(), nullptr, MS_BIND | MS_REMOUNT | MS_RDONLY, nullptr) != 0) {
      throw base::Error::FromErrno("show the build tree at " + at.string());
    }
  }
  BuildTree(const BuildTree&) = delete;
  BuildTree& operator=(const BuildTree&) = delete;
  ~BuildTree() { ::umount2(at_.c_str(), MNT_DETACH); }

 private:
  fs::path at_;
};

}  // namespace

bool RunTest::rootless() {
  static const bool asked =
      base::ReadFile("/proc/self/cmdline").find(std::string_view("\0--rootless\0", 12)) !=
      std::string::npos;
  return asked;
}

uint32_t RunTest::HostId(uint32_t id) {
  return rootless() ? ordinary_user->HostId(id) : runtime::container::IdMap().base + id;
}

uint32_t RunTest::DiskId(uint32_t id) { return rootless() ? ordinary_user->HostId(id) : id; }

fs::path RunTest::build() {
  return rootless() ? scratch() / "build" : fs::path(std::getenv("RUNNER_BUILD"));
}

void RunTest::SetUpTestSuite() {
  ::setenv("RUNNER_ROOT", state().c_str(), 1);
  if (rootless() && !ordinary_user) {
    ordinary_user.emplace(scratch(), SubordinateIds::kRange);
    ordinary_user->Give(scratch());
    static const BuildTree tree(build());
  }
  if (fs::exists(state())) {
    return;  // Another suite of this process made it.
  }
  const fs::path images = fs::path(std::getenv("RUNNER_SOURCE")) / "build/samples/images";
  if (!fs::exists(images / "busybox.tar")) {
    const Output made =
        RunToEnd({fs::path(std::getenv("RUNNER_SOURCE")) / "samples/images/make", "busybox"});
    ASSERT_EQ(made.code, 0) << made.errors;
  }
  fs::create_directory(scratch() / "busybox");
  const Output unpacked =
      RunToEnd({"tar", "-C", scratch() / "busybox", "-xf", images / "busybox.tar"});
  ASSERT_EQ(unpacked.code, 0) << unpacked.errors;
  const Output imported = RunToEnd(Runner({"image", "import", scratch() / "busybox", "busybox"}));
  ASSERT_EQ(imported.code, 0) << imported.errors;
}

Words RunTest::Runner(const Words& words) {
  Words command = {build() / "bin" / "runner"};
  command.insert(command.end(), words.begin(), words.end());
  return AsUser(command);
}

Words RunTest::AsUser(const Words& command) {
  return rootless() ? ordinary_user->Command(command) : command;
}

Words RunTest::RunWords(const Words& options, const Words& command, const std::string& image) {
  Words words = {"run"};
  words.insert(words.end(), options.begin(), options.end());
  words.push_back(image);
  words.insert(words.end(), command.begin(), command.end());
  return Runner(words);
}

Output RunTest::Run(const Words& options, const Words& command, const std::string& image) {
  return RunToEnd(RunWords(options, command, image));
}

Output RunTest::Shell(const Words& options, const std::string& script, const std::string& image) {
  return Run(options, {"sh", "-c", script}, image);
}

std::string RunTest::Text(const Words& options, const std::string& script) {
  Output output = Shell(options, script);
  EXPECT_EQ(output.code, 0) << script << "\n" << output.text << output.errors;
  while (output.text.ends_with('\n')) {
    output.text.pop_back();
  }
  return output.text;
}

std::string RunTest::Probe(const Words& options, const Words& calls) {
  Words all = options;
  all.insert(all.end(), {"-v", (build() / "tests" / "probe").string() + ":/probe:ro"});
  Words command = {"/probe/container_probe"};
  command.insert(command.end(), calls.begin(), calls.end());
  const Output output = Run(all, command);
  EXPECT_EQ(output.code, 0) << output.errors;
  return output.text;
}

pid_t RunTest::InitOf(const Process& process) {
  const std::string runner = std::to_string(process.pid());
  std::istringstream children(base::ReadFile("/proc/" + runner + "/task/" + runner + "/children"));
  for (pid_t pid = 0; children >> pid;) {
    const std::string number = std::to_string(pid);
    if (base::ReadFile("/proc/" + number + "/status").find("NSpid:\t" + number + "\t1\n") !=
        std::string::npos) {
      return pid;
    }
  }
  throw base::Error(base::ErrorKind::kInternal, "no container runs");
}

std::string RunTest::CgroupFile(const std::string& controller, const std::string& v1,
                                const std::string& v2) {
  // The directory of one that ended may be about to be removed; its cgroup is gone.
  for (const fs::directory_entry& entry : fs::directory_iterator(state() / "containers")) {
    const std::string id = entry.path().filename();
    for (const fs::path& file : {fs::path("/sys/fs/cgroup/runner") / id / v2,
                                 fs::path("/sys/fs/cgroup") / controller / "runner" / id / v1}) {
      if (const std::optional<std::string> text = base::ReadFileIfExists(file)) {
        return *text;
      }
    }
  }
  return "";
}

bool RunTest::ContainersAreGone() {
  return WaitUntil([] { return fs::is_empty(state() / "containers"); }, std::chrono::seconds(10));
}

fs::path RunTest::MakeDirectory(const std::string& name) {
  const fs::path path = scratch() / name;
  fs::create_directories(path);
  if (rootless()) {
    ordinary_user->Give(path);
  }
  return path;
}

void RunTest::MakeImage(const std::string& name, const std::string& script, const Words& changes) {
  const fs::path tree = scratch() / ("tree-" + name);
  fs::copy(scratch() / "busybox", tree,
           fs::copy_options::recursive | fs::copy_options::copy_symlinks);
  const Output changed = RunToEnd({"sh", "-ec", "cd \"$0\"\n" + script, tree});
  ASSERT_EQ(changed.code, 0) << changed.errors;
  fs::path source = tree;
  if (rootless()) {
    // An archive, which keeps owners that the user can't read.
    source += ".tar";
    const Output packed = RunToEnd({"tar", "-C", tree, "-cf", source, "."});
    ASSERT_EQ(packed.code, 0) << packed.errors;
  }
  Words words = {"image", "import", source, name};
  for (const std::string& change : changes) {
    words.insert(words.end(), {"-c", change});
  }
  const Output imported = RunToEnd(Runner(words));
  ASSERT_EQ(imported.code, 0) << imported.errors;
}

}  // namespace tests
