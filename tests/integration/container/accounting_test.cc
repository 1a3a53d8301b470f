// What every end tells about what was used.
#include <gmock/gmock.h>

#include "tests/integration/container/library_fixture.h"

namespace tests {
namespace {

namespace container = runtime::container;
using testing::HasSubstr;

class Accounting : public LibraryTest {
 protected:
  container::ContainerEnd End(const std::string& script, container::Limits limits = {}) {
    const container::ContainerDirectory directory(*host_);
    container::ContainerSpec spec = Spec(directory, script);
    spec.limits = std::move(limits);
    const runtime::base::UniqueFd null = runtime::base::OpenFile("/dev/null", O_RDWR);
    return container::Container::Start(*host_, spec,
                                       {.in = null.get(), .out = null.get(), .err = null.get()})
        .Wait();
  }
};

TEST_F(Accounting, CountsTheTimeOfEveryProcess) {
  const container::Usage usage =
      End("busy() { i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done; }; busy & busy; wait").usage;
  EXPECT_GT(usage.user.count(), 100);
  EXPECT_GT(usage.wall.count(), 50);
}

// Of those too that its end killed: nobody had waited for them.
TEST_F(Accounting, CountsTheTimeOfWhatWasStillRunning) {
  const container::Usage usage =
      End("(i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done; : >/done; "
          "while :; do sleep 1; done) & while [ ! -e /done ]; do sleep 0.01; done")
          .usage;
  EXPECT_GT(usage.user.count(), 50);
}

TEST_F(Accounting, CountsTheMostMemory) {
  const container::Usage usage = End("dd if=/dev/zero of=/dev/null bs=40M count=1").usage;
  EXPECT_GT(usage.peak_memory_bytes, 40u << 20);
  EXPECT_LT(usage.peak_memory_bytes, 80u << 20);
}

TEST_F(Accounting, CountsWhatIsWrittenToDisk) {
  const container::Usage usage =
      End("dd if=/dev/zero of=/file bs=1M count=8; dd if=/dev/zero of=/dev/shm/x bs=1M count=8")
          .usage;
  EXPECT_GE(usage.written_bytes, 8u << 20);
  EXPECT_LT(usage.written_bytes, 12u << 20);
}

// Past the page cache, or nothing would be read.
TEST_F(Accounting, CountsWhatIsReadFromDisk) {
  const runtime::container::Usage usage = End("dd if=/dev/zero of=/file bs=1M count=8; sync; "
                                              "dd if=/file of=/dev/null bs=1M iflag=direct")
                                              .usage;
  EXPECT_GE(usage.read_bytes, 8u << 20);
  EXPECT_LT(usage.read_bytes, 12u << 20);
}

TEST_F(Accounting, CountsTheMostProcessesAtOnce) {
  EXPECT_EQ(End("sleep 0; sleep 0; sleep 0").usage.peak_processes,
            2u);  // The shell and one of them.
  EXPECT_EQ(End("sleep 0.1 & sleep 0.1 & sleep 0.1 & wait").usage.peak_processes, 4u);
}

TEST_F(Accounting, TellsWhoWasEndedOutOfMemory) {
  const container::ContainerEnd end =
      End("dd if=/dev/zero of=/dev/null bs=100M count=1 || exit 7", {.memory_bytes = 32u << 20});
  ASSERT_TRUE(std::holds_alternative<container::OutOfMemory>(end.status));
  const auto& status = std::get<container::OutOfMemory>(end.status);
  EXPECT_EQ(status.process, "dd");
  EXPECT_EQ(status.limit_bytes, 32u << 20);
  EXPECT_GT(status.peak_bytes, 28u << 20);
  EXPECT_THAT(container::Describe(end.status), HasSubstr("limit 32.0 MiB, process dd"));
}

TEST_F(Accounting, TellsTheLimitOfProcesses) {
  const container::ContainerEnd end =
      End("for i in 1 2 3 4 5 6; do sleep 1000 & done", {.pids = 3});
  EXPECT_THAT(end.limits_reached, testing::ElementsAre("3 processes"));
  EXPECT_EQ(container::DescribeLimits(end), "it reached its limit of 3 processes");
}

}  // namespace
}  // namespace tests
