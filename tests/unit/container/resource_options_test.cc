#include "runner/verbs/resource_options.h"

#include <gmock/gmock.h>
#include <sys/resource.h>

#include <algorithm>
#include <memory>

#include "runtime/base/error.h"

namespace runner {
namespace {

namespace container = runtime::container;
using testing::ElementsAre;
using testing::HasSubstr;

class ResourceOptionsTest : public testing::Test {
 protected:
  container::Limits Parse(std::vector<std::string> words) {
    CLI::App app;
    ResourceOptions options;
    options.Declare(app);
    std::reverse(words.begin(), words.end());
    app.parse(words);
    return options.Limits(disk_);
  }
  // The message that refuses them.
  std::string Refusal(const std::vector<std::string>& words) {
    try {
      Parse(words);
    } catch (const runtime::base::Error& e) {
      EXPECT_EQ(e.kind(), runtime::base::ErrorKind::kUsage);
      return e.what();
    }
    ADD_FAILURE() << words.front() << " was accepted";
    return "";
  }

  std::filesystem::path disk_ = "/";
};

TEST_F(ResourceOptionsTest, HaveFiniteDefaults) {
  const container::Limits limits = Parse({});
  EXPECT_EQ(limits.pids, 4096u);
  EXPECT_EQ(limits.shm_bytes, 64u << 20);
  EXPECT_GT(limits.memory_bytes, 0u);
  EXPECT_GT(limits.disk_bytes, 0u);
  EXPECT_EQ(limits.swap_bytes, 0u);
  EXPECT_TRUE(limits.if_possible);
  EXPECT_TRUE(limits.memory_if_possible);
  EXPECT_FALSE(limits.oom_score_adj);
}

TEST_F(ResourceOptionsTest, AreFiniteOnAFullDisk) {
  disk_ = "/proc";  // where nothing is free
  EXPECT_EQ(Parse({}).disk_bytes, Parse({"--storage-opt", "size=1m"}).disk_bytes);
}

TEST_F(ResourceOptionsTest, AreRead) {
  const container::Limits limits =
      Parse({"-m", "256m", "--cpus", "1.5", "--pids-limit", "50", "-c", "512", "--cpuset-cpus",
             "0-1,3", "--shm-size", "1g", "--storage-opt", "size=2g", "--oom-score-adj", "-5"});
  EXPECT_EQ(limits.memory_bytes, 256u << 20);
  EXPECT_EQ(limits.cpus, 1.5);
  EXPECT_EQ(limits.pids, 50u);
  EXPECT_EQ(limits.cpu_shares, 512u);
  EXPECT_EQ(limits.cpuset, "0-1,3");
  EXPECT_EQ(limits.shm_bytes, 1u << 30);
  EXPECT_EQ(limits.disk_bytes, 2u << 30);
  EXPECT_EQ(limits.oom_score_adj, -5);
  EXPECT_FALSE(limits.if_possible);
}

TEST_F(ResourceOptionsTest, NoLimitOfMemoryOrDiskIsZero) {
  EXPECT_EQ(Parse({"-m", "0"}).memory_bytes, 0u);
  EXPECT_EQ(Parse({"--storage-opt", "size=0"}).disk_bytes, 0u);
}

TEST_F(ResourceOptionsTest, NoProcessLimitIsZeroOrMinusOne) {
  EXPECT_EQ(Parse({"--pids-limit", "0"}).pids, 0u);
  EXPECT_EQ(Parse({"--pids-limit", "-1"}).pids, 0u);
}

TEST_F(ResourceOptionsTest, SwapIsWhatTheSumHasBesideTheMemory) {
  EXPECT_EQ(Parse({"-m", "64m", "--memory-swap", "96m"}).swap_bytes, 32u << 20);
  EXPECT_EQ(Parse({"-m", "64m", "--memory-swap", "64m"}).swap_bytes, 0u);
  EXPECT_EQ(Parse({"-m", "64m", "--memory-swap", "-1"}).swap_bytes, container::kUnlimited);
}

TEST_F(ResourceOptionsTest, UlimitsAreByTypeAndTheLastCounts) {
  EXPECT_THAT(Parse({"--ulimit", "nofile=1:2", "--ulimit", "core=0", "--ulimit", "nofile=1024:4096",
                     "--ulimit", "memlock=-1"})
                  .resources,
              ElementsAre(container::ResourceLimit{RLIMIT_CORE, 0, 0},
                          container::ResourceLimit{RLIMIT_NOFILE, 1024, 4096},
                          container::ResourceLimit{RLIMIT_MEMLOCK, container::kUnlimited,
                                                   container::kUnlimited}));
  EXPECT_EQ(ParseUlimit("stack=100:unlimited").hard, container::kUnlimited);
}

TEST_F(ResourceOptionsTest, ThatNoKernelTakesAreRefusedByName) {
  const std::pair<const char*, std::vector<const char*>> cases[] = {
      {"--memory", {"x", "5m", "-1", "99999999999999999999"}},
      {"--cpus", {"-1", "0.001", "1e9", "nan", "inf"}},
      {"--pids-limit", {"4294967295", "-2"}},
      {"--cpu-shares", {"1", "262145", "-1"}},
      {"--cpuset-cpus", {"x", "1-", "-1", "3-1", ",1", "1,", "1,,2", "0-99999999", "1 2"}},
      {"--shm-size", {"x", "0", "-1"}},
      {"--ulimit",
       {"nofile", "nofile=", "nofiles=1", "nofile=x", "nofile=2:1", "nofile=-1:5", "=1",
        "nofile=1:2:3"}},
      {"--storage-opt", {"size", "size=", "size=x", "size=1k", "dm.size=1g"}},
      {"--oom-score-adj", {"-1001", "1001"}}};
  for (const auto& [option, values] : cases) {
    for (const char* value : values) {
      EXPECT_THAT(Refusal({std::string(option) + "=" + value}), HasSubstr(option)) << value;
    }
  }
}

TEST_F(ResourceOptionsTest, SwapWithoutMemoryOrBelowItIsRefused) {
  EXPECT_THAT(Refusal({"--memory-swap", "64m"}), HasSubstr("--memory beside it"));
  EXPECT_THAT(Refusal({"-m", "64m", "--memory-swap", "32m"}), HasSubstr("at least --memory"));
}

}  // namespace
}  // namespace runner
