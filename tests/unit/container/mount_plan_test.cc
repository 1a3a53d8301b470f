#include "runtime/container/mount_plan.h"

#include <gmock/gmock.h>
#include <linux/mount.h>
#include <sys/sysmacros.h>

#include <algorithm>

namespace runtime::container {
namespace {

using Kind = MountStep::Kind;
using testing::Contains;
using testing::ElementsAre;

constexpr uint64_t kHardened = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;

// Targets of the steps of one kind, in their order.
std::vector<std::string> Targets(const std::vector<MountStep>& plan, Kind kind) {
  std::vector<std::string> targets;
  for (const MountStep& step : plan) {
    if (step.kind == kind) {
      targets.push_back(step.target);
    }
  }
  return targets;
}

const MountStep& Step(const std::vector<MountStep>& plan, const std::string& target) {
  return *std::find_if(plan.begin(), plan.end(),
                       [&](const MountStep& step) { return step.target == target; });
}

size_t Place(const std::vector<MountStep>& plan, Kind kind, const std::string& target) {
  return static_cast<size_t>(std::find_if(plan.begin(), plan.end(),
                                          [&](const MountStep& step) {
                                            return step.kind == kind && step.target == target;
                                          }) -
                             plan.begin());
}

TEST(PlanMounts, HasTheFileSystemsOfAnyContainer) {
  EXPECT_THAT(Targets(PlanMounts({}), Kind::kFileSystem),
              ElementsAre("proc", "sys", "dev", "dev/pts", "dev/shm", "dev/mqueue"));
  EXPECT_THAT(Targets(PlanMounts({}), Kind::kAttach), testing::IsEmpty());
}

TEST(PlanMounts, MasksAllThatDockerMasks) {
  const std::vector<std::string> masked = Targets(PlanMounts({}), Kind::kMask);
  for (const char* path : {"proc/acpi", "proc/asound", "proc/interrupts", "proc/kcore", "proc/keys",
                           "proc/latency_stats", "proc/sched_debug", "proc/scsi", "proc/timer_list",
                           "proc/timer_stats", "sys/devices/virtual/powercap", "sys/firmware"}) {
    EXPECT_THAT(masked, Contains(path));
  }
  const std::string counters = "sys/devices/system/cpu/cpu0/thermal_throttle";
  EXPECT_THAT(Targets(PlanMounts({}, {counters}), Kind::kMask), Contains(counters));
  EXPECT_THAT(Targets(PlanMounts({}), Kind::kReadOnly),
              ElementsAre("proc/bus", "proc/fs", "proc/irq", "proc/sys", "proc/sysrq-trigger"));
}

TEST(PlanMounts, MasksMoreThanDocker) {
  const std::vector<std::string> masked = Targets(PlanMounts({}), Kind::kMask);
  for (const char* path : {"proc/kallsyms", "proc/kpagecount", "proc/kpageflags",
                           "proc/kpagecgroup", "proc/config.gz", "sys/kernel", "sys/fs"}) {
    EXPECT_THAT(masked, Contains(path));
  }
}

TEST(PlanMounts, GivesEachFileSystemNoMoreThanItNeeds) {
  const std::vector<MountStep> plan = PlanMounts({});
  EXPECT_EQ(Step(plan, "proc").flags, kHardened);
  EXPECT_EQ(Step(plan, "sys").flags, kHardened | MOUNT_ATTR_RDONLY);
  EXPECT_EQ(Step(plan, "dev/shm").flags, kHardened);
  EXPECT_EQ(Step(plan, "dev/mqueue").flags, kHardened);
  // Devices are what these are for.
  constexpr uint64_t kDevices = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC;
  for (const char* target : {"dev", "dev/pts", "dev/null", "dev/zero", "dev/tty"}) {
    EXPECT_EQ(Step(plan, target).flags, kDevices) << target;
  }
  EXPECT_EQ(Step(plan, "dev").options, "mode=755,size=67108864,nr_inodes=16384");
  EXPECT_EQ(Step(plan, "dev/shm").options, "mode=1777,size=67108864,nr_inodes=16384");
  EXPECT_EQ(Step(plan, "dev/pts").options, "newinstance,ptmxmode=0666,mode=0620,gid=5");
}

TEST(PlanMounts, MasksWhateverTheSpecAsksFor) {
  ContainerSpec spec;
  spec.network = Network::kHost;
  spec.terminal = true;
  spec.seccomp = SeccompProfile::kUnconfined;
  EXPECT_EQ(Targets(PlanMounts(spec), Kind::kMask), Targets(PlanMounts({}), Kind::kMask));
  EXPECT_EQ(Targets(PlanMounts(spec), Kind::kReadOnly), Targets(PlanMounts({}), Kind::kReadOnly));
}

TEST(PlanMounts, MasksComeAfterEveryMount) {
  ContainerSpec spec;
  spec.network = Network::kHost;
  spec.binds = {{"/tmp", "/a", true}};
  spec.tmpfs = {{"/b", 4096}};
  spec.overlays = {{{}, "/c", false}};
  const std::vector<MountStep> plan = PlanMounts(spec);
  const auto is_mask = [](const MountStep& step) {
    return step.kind == Kind::kMask || step.kind == Kind::kReadOnly;
  };
  EXPECT_TRUE(std::is_partitioned(plan.begin(), plan.end(),
                                  [&](const MountStep& step) { return !is_mask(step); }));
}

TEST(PlanMounts, FollowsNoLinkToWhatTheKernelServes) {
  ContainerSpec spec;
  spec.terminal = true;
  spec.network = Network::kHost;
  for (const MountStep& step : PlanMounts(spec)) {
    const bool ours = step.target.starts_with("proc") || step.target.starts_with("sys") ||
                      step.target.starts_with("dev");
    EXPECT_EQ(step.follow, !ours) << Describe(step);
  }
}

TEST(PlanMounts, FollowsLinksOfTheImageToVolumes) {
  ContainerSpec spec;
  spec.binds = {{"/tmp", "/a", true}};
  spec.tmpfs = {{"/b", 4096}};
  spec.overlays = {{{}, "/c", false}};
  const std::vector<MountStep> plan = PlanMounts(spec);
  for (const char* target : {"a", "b", "c"}) {
    EXPECT_TRUE(Step(plan, target).follow) << target;
  }
}

TEST(PlanMounts, ChecksTheNumberOfEachDevice) {
  const std::vector<MountStep> plan = PlanMounts({});
  EXPECT_THAT(Targets(plan, Kind::kDevice), ElementsAre("dev/null", "dev/zero", "dev/full",
                                                        "dev/random", "dev/urandom", "dev/tty"));
  EXPECT_EQ(Step(plan, "dev/null").device, makedev(1, 3));
  EXPECT_EQ(Step(plan, "dev/urandom").device, makedev(1, 9));
  EXPECT_EQ(Step(plan, "dev/tty").device, makedev(5, 0));
}

TEST(PlanMounts, HasATerminalOnlyWhenAsked) {
  ContainerSpec spec;
  EXPECT_THAT(Targets(PlanMounts(spec), Kind::kConsole), testing::IsEmpty());
  spec.terminal = true;
  const std::vector<MountStep> plan = PlanMounts(spec);
  EXPECT_THAT(Targets(plan, Kind::kConsole), ElementsAre("dev/console"));
  EXPECT_LT(Place(plan, Kind::kFileSystem, "dev/pts"), Place(plan, Kind::kConsole, "dev/console"));
}

TEST(PlanMounts, NumbersWhatTheParentSends) {
  ContainerSpec spec;
  spec.network = Network::kHost;
  spec.overlays = {{{}, "/workspace", false}, {{}, "/cache", true}};
  spec.binds = {{"/tmp", "/bind", false}};
  const std::vector<MountStep> plan = PlanMounts(spec);
  EXPECT_THAT(Targets(plan, Kind::kAttach), ElementsAre("workspace", "cache", "bind", "sys"));
  EXPECT_EQ(Step(plan, "workspace").index, 1u);
  EXPECT_EQ(Step(plan, "cache").index, 2u);
  EXPECT_EQ(Step(plan, "bind").index, 3u);
  EXPECT_EQ(Step(plan, "sys").index, 4u);
  EXPECT_EQ(Step(plan, "sys").flags, kHardened | MOUNT_ATTR_RDONLY);
}

TEST(PlanMounts, GivesVolumesNoSetUserIdAndNoDevices) {
  ContainerSpec spec;
  spec.overlays = {{{}, "/rw", false}, {{}, "/ro", true}};
  spec.binds = {{"/tmp", "/brw", false}, {"/tmp", "/bro", true}};
  spec.tmpfs = {{"/t", 123}};
  const std::vector<MountStep> plan = PlanMounts(spec);
  constexpr uint64_t kVolume = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV;
  EXPECT_EQ(Step(plan, "rw").flags, kVolume);
  EXPECT_EQ(Step(plan, "brw").flags, kVolume);
  EXPECT_EQ(Step(plan, "t").flags, kVolume);
  EXPECT_EQ(Step(plan, "ro").flags, kVolume | MOUNT_ATTR_RDONLY);
  EXPECT_EQ(Step(plan, "bro").flags, kVolume | MOUNT_ATTR_RDONLY);
  EXPECT_EQ(Step(plan, "t").options, "mode=1777,size=123,nr_inodes=1024");
}

TEST(PlanMounts, GivesATmpfsWhatItIsAskedFor) {
  ContainerSpec spec;
  spec.tmpfs = {
      {.target = "/t", .size_bytes = 123, .mode = 0750, .read_only = true, .executable = false}};
  const std::vector<MountStep> plan = PlanMounts(spec);
  EXPECT_EQ(Step(plan, "t").flags, kHardened | MOUNT_ATTR_RDONLY);
  EXPECT_EQ(Step(plan, "t").options, "mode=750,size=123,nr_inodes=1024");
}

TEST(PlanMounts, GivesSecretsToTheContainersUserAloneAndOverAnythingElse) {
  ContainerSpec spec;
  spec.user = {.uid = 7, .gid = 8, .groups = {}};
  spec.binds = {{"/tmp", "/run", false}};
  spec.secrets = {{"a", "value"}, {"b", std::string(4096, 'x')}};
  const std::vector<MountStep> plan = PlanMounts(spec);
  const MountStep& step = plan[Place(plan, Kind::kSecrets, "run/secrets")];
  EXPECT_EQ(step.options, "mode=500,uid=7,gid=8,size=12288,nr_inodes=3");
  EXPECT_EQ(step.flags, kHardened | MOUNT_ATTR_RDONLY);
  EXPECT_GT(Place(plan, Kind::kSecrets, "run/secrets"), Place(plan, Kind::kAttach, "run"));
  EXPECT_EQ(Describe(step).find("value"), std::string::npos);
  EXPECT_EQ(Targets(PlanMounts({}), Kind::kSecrets), std::vector<std::string>());
}

TEST(PlanMounts, WritesKernelParametersBeforeTheyAreReadOnly) {
  ContainerSpec spec;
  spec.sysctls = {{"net.core.somaxconn", "7"}};
  const std::vector<MountStep> plan = PlanMounts(spec);
  const size_t place = Place(plan, Kind::kSysctl, "proc/sys/net/core/somaxconn");
  EXPECT_EQ(plan[place].source, "7");
  EXPECT_FALSE(plan[place].follow);
  EXPECT_LT(place, Place(plan, Kind::kReadOnly, "proc/sys"));
  EXPECT_GT(place, Place(plan, Kind::kFileSystem, "proc"));
}

TEST(PlanMounts, TellsFilesFromDirectories) {
  ContainerSpec spec;
  spec.binds = {{"/tmp", "/directory", true}, {"/etc/passwd", "/file", true}};
  const std::vector<MountStep> plan = PlanMounts(spec);
  EXPECT_FALSE(Step(plan, "directory").file);
  EXPECT_TRUE(Step(plan, "file").file);
}

TEST(PlanMounts, EqualSpecsGiveEqualPlans) {
  ContainerSpec spec;
  spec.tmpfs = {{"/t", 123}};
  EXPECT_EQ(PlanMounts(spec), PlanMounts(spec));
  EXPECT_NE(PlanMounts(spec), PlanMounts({}));
}

TEST(Describe, SaysEachStepInOneLine) {
  ContainerSpec spec;
  spec.terminal = true;
  spec.overlays = {{{}, "/workspace", false}};
  std::vector<std::string> lines;
  for (const MountStep& step : PlanMounts(spec)) {
    lines.push_back(Describe(step));
  }
  for (const char* line : {"proc -> proc", "attach 1 -> workspace", "/dev/null -> dev/null",
                           "tmpfs -> dev/shm (mode=1777,size=67108864,nr_inodes=16384)",
                           "hosts -> etc/hosts", "/proc/self/fd -> dev/fd",
                           "terminal -> dev/console", "mask proc/kcore", "read-only proc/sys"}) {
    EXPECT_THAT(lines, Contains(line));
  }
}

}  // namespace
}  // namespace runtime::container
