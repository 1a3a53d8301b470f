// Somebody who shares a volume with a container swaps directories for links while that is set up
// (CVE-2021-30465, CVE-2024-45310).
#include <gmock/gmock.h>

#include "runtime/base/files.h"
#include "tests/integration/container/run_fixture.h"

namespace tests {
namespace {

namespace base = runtime::base;
namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

class MountRace : public RunTest {
 protected:
  // A volume in which "point" is a directory and, every other moment, a link to a directory of the
  // host that is open to everybody.
  MountRace() : volume_(MakeDirectory("race-volume")), canary_(MakeDirectory("race-canary")) {
    base::WriteFileAtomically(canary_ / "file", "canary\n", base::Durability::kNoFlush, 0644);
    fs::permissions(canary_, fs::perms::all);
    fs::permissions(scratch(), fs::perms::others_exec, fs::perm_options::add);
    fs::remove_all(volume_ / "point");
    fs::remove_all(volume_ / "link");
    fs::create_directory(volume_ / "point");
    fs::permissions(volume_ / "point", fs::perms::all);
    fs::create_directory_symlink(canary_, volume_ / "link");
    swapper_.emplace(Words{fs::path(std::getenv("RUNNER_BUILD")) / "tests/probe/swapper",
                           volume_ / "point", volume_ / "link"});
    swapper_->ReadUntil("ready");
  }

  // Nothing was made, changed or shown of the directory outside.
  void ExpectNothingOutside() const {
    EXPECT_EQ(std::distance(fs::directory_iterator(canary_), fs::directory_iterator()), 1);
    EXPECT_EQ(base::ReadFile(canary_ / "file"), "canary\n");
  }

  const fs::path volume_;
  const fs::path canary_;
  std::optional<Process> swapper_;
};

TEST_F(MountRace, MakesNoMountPointOutside) {
  constexpr int kMounts = 40;  // of each container: 2,000 in all
  Words options = {"-v", volume_.string() + ":/v"};
  const std::string source = MakeDirectory("race-source");
  for (int i = 0; i < kMounts; ++i) {
    const std::string target = "/v/point/" + std::to_string(i) + "/below";
    if (i % 2 == 0) {
      options.insert(options.end(), {"-v", source + ":" + target});
    } else {
      options.insert(options.end(), {"--tmpfs", target});
    }
  }
  for (int round = 0; round < 50; ++round) {
    // It may be refused: what was looked for is gone.
    const Output output = Run(options, {"sh", "-c", "cat /v/point/file /v/link/file"});
    EXPECT_THAT(output.text, Not(HasSubstr("canary")));
  }
  ExpectNothingOutside();
}

TEST_F(MountRace, MakesNoFileOutsideAsAMountPoint) {
  constexpr int kMounts = 40;
  Words options = {"-v", volume_.string() + ":/v"};
  for (int i = 0; i < kMounts; ++i) {
    options.insert(options.end(),
                   {"-v", "/etc/hostname:/v/point/file" + std::to_string(i) + ":ro"});
  }
  for (int round = 0; round < 50; ++round) {
    Run(options, {"true"});
  }
  ExpectNothingOutside();
}

TEST_F(MountRace, MakesNoWorkingDirectoryOutside) {
  for (int round = 0; round < 100; ++round) {
    const Output output =
        Run({"-v", volume_.string() + ":/v", "-w", "/v/point/work" + std::to_string(round)},
            {"sh", "-c", "cat ../file"});
    EXPECT_THAT(output.text, Not(HasSubstr("canary")));
  }
  ExpectNothingOutside();
}

// The source is opened once: a container never sees a half of each.
TEST_F(MountRace, ShowsOneOfTheTwoAsASource) {
  for (int round = 0; round < 100; ++round) {
    const Output output = Run({"-v", (volume_ / "point").string() + ":/v:ro"}, {"ls", "/v"});
    if (output.code == 0) {
      EXPECT_THAT(output.text, testing::AnyOf("", "file\n"));
    }
  }
  ExpectNothingOutside();
}

}  // namespace
}  // namespace tests
