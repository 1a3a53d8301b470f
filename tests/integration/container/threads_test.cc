// Containers through the library: many at once, and what `runner run` has no option for.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <stop_token>
#include <thread>

#include "runtime/base/error.h"
#include "runtime/base/files.h"
#include "tests/integration/container/library_fixture.h"

namespace tests {
namespace {

namespace base = runtime::base;
namespace container = runtime::container;
namespace fs = std::filesystem;

class Library : public LibraryTest {
 protected:
  static size_t OpenFiles() {
    return static_cast<size_t>(
        std::distance(fs::directory_iterator("/proc/self/fd"), fs::directory_iterator()));
  }
};

TEST_F(Library, EightThreadsStartTenContainersEach) {
  const size_t files = OpenFiles();
  std::atomic<int> good = 0;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 8; ++t) {
      threads.emplace_back([&, t] {
        for (int i = 0; i < 10; ++i) {
          const std::string word = std::to_string(t) + "-" + std::to_string(i);
          const container::ContainerDirectory directory(*host_);
          base::Pipe out = base::MakePipe();
          const base::UniqueFd null = base::OpenFile("/dev/null", O_RDWR);
          container::Container running = container::Container::Start(
              *host_, Spec(directory, "echo " + word + "; exit 3"),
              {.in = null.get(), .out = out.write.get(), .err = null.get()});
          out.write.Reset();
          const std::string text = base::ReadAll(out.read.get(), "output");
          good += container::ExitCode(running.Wait().status) == 3 && text == word + "\n" ? 1 : 0;
        }
      });
    }
  }
  EXPECT_EQ(good, 80);
  EXPECT_EQ(OpenFiles(), files);
  EXPECT_TRUE(ContainersAreGone());
  EXPECT_TRUE(std::all_of(
      fs::directory_iterator(host_->stage()), fs::directory_iterator(),
      [](const fs::directory_entry& entry) { return entry.path().filename() == "state-0-0"; }));
}

TEST_F(Library, AFailedStartLeavesNothing) {
  const base::UniqueFd null = base::OpenFile("/dev/null", O_RDWR);
  const container::Stdio stdio = {.in = null.get(), .out = null.get(), .err = null.get()};
  const auto fail = [&](const auto& change) {
    const container::ContainerDirectory directory(*host_);
    container::ContainerSpec spec = Spec(directory, "true");
    change(spec);
    EXPECT_THROW(container::Container::Start(*host_, spec, stdio).Wait(), base::Error);
    EXPECT_FALSE(fs::exists(host_->stage() / spec.id));
    for (const fs::path& path :
         container::Cgroup::Directories(host_->cgroups(), spec.id, spec.limits)) {
      EXPECT_FALSE(fs::exists(path));
    }
  };
  fail([](container::ContainerSpec& spec) { spec.capabilities = {"NONE"}; });
  const size_t files = OpenFiles();
  fail([](container::ContainerSpec& spec) { spec.binds.push_back({"/no/such", "/x", true}); });
  fail([](container::ContainerSpec& spec) {
    spec.rootfs.lower.push_back(spec.rootfs.lower[0] / "no");
  });
  fail([](container::ContainerSpec& spec) { spec.tmpfs.push_back({"/etc/passwd/x", 4096}); });
  fail([](container::ContainerSpec& spec) { spec.cwd = "/etc/passwd"; });
  fail([](container::ContainerSpec& spec) { spec.hostname = std::string(70, 'h'); });
  fail([](container::ContainerSpec& spec) { spec.argv.clear(); });
  fail([](container::ContainerSpec& spec) { spec.env = {std::string("A=\0b", 4)}; });
  EXPECT_EQ(OpenFiles(), files);
}

TEST_F(Library, AnObjectThatIsDroppedEndsItsContainer) {
  const container::ContainerDirectory directory(*host_);
  const base::UniqueFd null = base::OpenFile("/dev/null", O_RDWR);
  base::Pipe out = base::MakePipe();
  {
    const container::Container running = container::Container::Start(
        *host_, Spec(directory, "echo ready; trap '' TERM; while :; do sleep 1; done"),
        {.in = null.get(), .out = out.write.get(), .err = null.get()});
    out.write.Reset();
    char word[6];
    ASSERT_EQ(::read(out.read.get(), word, sizeof word), 6);
  }
  EXPECT_EQ(base::ReadAll(out.read.get(), "output"), "");
}

// A request to stop may come while the container is being set up; it isn't lost, or the end would
// wait for the grace period.
TEST_F(Library, AStopDuringTheStartIsNotLost) {
  const base::UniqueFd null = base::OpenFile("/dev/null", O_RDWR);
  for (int i = 0; i < 20; ++i) {
    const container::ContainerDirectory directory(*host_);
    container::ContainerSpec spec = Spec(directory, "exec sleep 1000");
    spec.grace = std::chrono::seconds(60);
    std::stop_source stop;
    stop.request_stop();
    const auto begin = std::chrono::steady_clock::now();
    container::Container running = container::Container::Start(
        *host_, spec, {.in = null.get(), .out = null.get(), .err = null.get()});
    const container::ContainerEnd end = running.Wait(stop.get_token());
    EXPECT_TRUE(std::holds_alternative<container::Cancelled>(end.status));
    ASSERT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20)) << i;
  }
}

TEST_F(Library, AProgramThatIgnoresTheStopIsKilledAfterTheGracePeriod) {
  const base::UniqueFd null = base::OpenFile("/dev/null", O_RDWR);
  const container::ContainerDirectory directory(*host_);
  container::ContainerSpec spec = Spec(directory, "trap '' TERM; while :; do sleep 1; done");
  spec.timeout = std::chrono::milliseconds(200);
  spec.grace = std::chrono::milliseconds(100);
  container::Container running = container::Container::Start(
      *host_, spec, {.in = null.get(), .out = null.get(), .err = null.get()});
  const container::ContainerEnd end = running.Wait();
  EXPECT_TRUE(std::holds_alternative<container::TimedOut>(end.status));
  EXPECT_GE(end.usage.wall, std::chrono::milliseconds(300));
}

// CVE-2024-21626: such a directory has no path inside, and getcwd(2) calls it unreachable.
TEST_F(Library, AWorkingDirectoryOutsideOfTheRootIsRefused) {
  const base::UniqueFd outside = base::OpenFile("/", O_RDONLY | O_DIRECTORY);
  for (const char* path : {"/proc/self/fd/0", "/proc/self/fd/0/etc", "/dev/stdin"}) {
    const container::ContainerDirectory directory(*host_);
    container::ContainerSpec spec = Spec(directory, "pwd -P");
    spec.cwd = path;
    spec.make_cwd = false;
    try {
      ADD_FAILURE() << path << " is " << OutputOf(spec, outside.get());
    } catch (const base::Error& e) {
      EXPECT_THAT(e.what(), testing::HasSubstr("working directory")) << path;
    }
  }
}

// CVE-2026-57231.
TEST_F(Library, AnImagesVariableWithoutAValueIsNotTheHosts) {
  ::setenv("CANARY_OF_THE_HOST", "secret", 1);
  image_.config.env = {"CANARY_OF_THE_HOST", "", "=", "=x", "A=1"};
  const container::ContainerDirectory directory(*host_);
  const container::ContainerSpec spec = Spec(directory, "env");
  EXPECT_THAT(spec.env, testing::Each(testing::ContainsRegex("^[A-Z]+=")));
  const base::UniqueFd null = base::OpenFile("/dev/null", O_RDWR);
  const std::string inside = OutputOf(spec, null.get());
  EXPECT_THAT(inside, testing::HasSubstr("A=1\n"));
  EXPECT_THAT(inside, testing::Not(testing::HasSubstr("CANARY")));
  ::unsetenv("CANARY_OF_THE_HOST");
}

TEST_F(Library, OpenFilesAreLimited) {
  const container::ContainerDirectory directory(*host_);
  container::ContainerSpec spec = Spec(directory, "ulimit -Sn; ulimit -Hn");
  spec.limits.resources = {{RLIMIT_NOFILE, 64, 64}};
  const base::UniqueFd null = base::OpenFile("/dev/null", O_RDWR);
  EXPECT_EQ(OutputOf(spec, null.get()), "64\n64\n");
}

// Or who reads it would wait for the program's end.
TEST_F(Library, OutputEndsWhenTheProgramClosesIt) {
  const container::ContainerDirectory directory(*host_);
  const base::UniqueFd null = base::OpenFile("/dev/null", O_RDWR);
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(OutputOf(Spec(directory, "echo x; exec sleep 60 >&-"), null.get()), "x\n");
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(50));
}

TEST_F(Library, ADeviceInALayerIsDead) {
  const fs::path layer = MakeDirectory("state/device");
  ASSERT_EQ(::mknod((layer / "zero").c_str(), S_IFCHR | 0666, makedev(1, 5)), 0);
  ASSERT_EQ(::chmod((layer / "zero").c_str(), 0666), 0);
  const container::ContainerDirectory directory(*host_);
  container::ContainerSpec spec = Spec(directory, "stat -c %F /zero; head -c 1 /zero | wc -c");
  spec.rootfs.lower.push_back(layer);
  const base::UniqueFd null = base::OpenFile("/dev/null", O_RDWR);
  EXPECT_EQ(OutputOf(spec, null.get()), "character special file\n0\n");
}

// Layers are strangers' trees: what overlayfs keeps in attributes must mean nothing in them.
TEST_F(Library, ALayerRedirectsToNoOtherDirectory) {
  const fs::path lower = MakeDirectory("state/redirect/lower");
  const fs::path upper = MakeDirectory("state/redirect/upper");
  fs::create_directories(lower / "hidden");
  base::WriteFileAtomically(lower / "hidden/file", "x");
  fs::create_directories(upper / "shown");
  ASSERT_EQ(::setxattr((upper / "shown").c_str(), "trusted.overlay.redirect", "/hidden", 7, 0), 0);
  const container::ContainerDirectory directory(*host_);
  container::ContainerSpec spec =
      Spec(directory, "ls /o/hidden; ls /o/shown 2>/dev/null; echo end");
  container::OverlayMount mount;
  mount.snapshot.lower = {lower, upper};
  mount.target = "/o";
  spec.overlays.push_back(mount);
  const base::UniqueFd null = base::OpenFile("/dev/null", O_RDWR);
  EXPECT_EQ(OutputOf(spec, null.get()), "file\nend\n");
}

// The sweep of a runner that starts finds directories that another one is about to lock.
TEST_F(Library, ASweepMeanwhileFailsNoStart) {
  std::atomic<bool> done = false;
  std::jthread sweeper([&] {
    while (!done) {
      container::SweepLeftovers(state_, host_->cgroups());
    }
  });
  for (int i = 0; i < 500; ++i) {
    EXPECT_NO_THROW({
      const container::ContainerDirectory directory(*host_);
      EXPECT_TRUE(fs::exists(directory.path()));
    });
  }
  done = true;
}

}  // namespace
}  // namespace tests
