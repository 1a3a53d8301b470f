// A disk that is full: one clear line, nothing half published, and all is well once there is room.
#include <gmock/gmock.h>

#include "tests/integration/image/image_test.h"

namespace runtime::image {
namespace {

using ::testing::HasSubstr;

class FullDiskTest : public ImageTest {
 protected:
  void SetUp() override {
    MakeRootfs();
    Run("head -c 3M /dev/urandom > rootfs/big && tar -C rootfs -cf big.tar . && rm rootfs/big && "
        "tar -C rootfs -cf small.tar . && mkdir disk");
  }

  // Runs the script in a mount namespace of its own with a disk of 8 MiB as the store's place.
  Output OnSmallDisk(const std::string& script) const {
    return Shell(
        "unshare -m --propagation private sh -c 'mount -t tmpfs -o size=8m none disk && "
        "export RUNNER_ROOT=$PWD/disk/state && " +
        script + "'");
  }
};

TEST_F(FullDiskTest, ImportAndLoadSayThatThereIsNoSpaceAndLeaveNothing) {
  Run("$R image import big.tar big:1 && $R image save -o big.oci big:1");
  const Output output = OnSmallDisk(
      "$R image import small.tar small:1 > small.id && head -c 3M /dev/zero > disk/ballast && "
      "! $R image import big.tar big:1 && ! $R image load -i big.oci && "
      "find disk/state/tmp disk/state/trash -mindepth 1 && ls disk/state/blobs/sha256 | wc -l && "
      "$R image ls -q | cmp - small.id && rm disk/ballast && echo room && "
      "$R image import big.tar big:1 && skopeo inspect oci:disk/state:big:1 > /dev/null && "
      "skopeo inspect oci:disk/state:small:1 > /dev/null");
  EXPECT_EQ(output.code, 0) << output.text;
  EXPECT_THAT(output.text, HasSubstr("runner: import big.tar: "));
  EXPECT_THAT(output.text, HasSubstr("runner: load big.oci: "));
  EXPECT_THAT(output.text,
              ::testing::ContainsRegex("No space left on device\n3\nroom\nsha256:[0-9a-f]{64}\n"));
}

TEST_F(FullDiskTest, AnImageCanBeRemovedFromAFullDisk) {
  const Output output = OnSmallDisk(
      "$R image import small.tar small:1 && $R image import -c \"USER 1\" small.tar other:1 && "
      "(head -c 8M /dev/zero > disk/ballast || true) && $R image rm small:1 && "
      "$R image ls --json && rm disk/ballast && skopeo inspect oci:disk/state:other:1");
  EXPECT_EQ(output.code, 0) << output.text;
  EXPECT_THAT(output.text, HasSubstr("Untagged: small:1\nDeleted: sha256:"));
}

}  // namespace
}  // namespace runtime::image
