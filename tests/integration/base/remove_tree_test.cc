// What needs a mount: the rest of RemoveTree() is tested without privilege by those who use it.
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>

#include <filesystem>
#include <fstream>

#include "runtime/base/error.h"
#include "runtime/base/files.h"

namespace tests {
namespace {

namespace base = runtime::base;
namespace fs = std::filesystem;

TEST(RemoveTree, LeavesWhatABindMountOfTheSameFileSystemShows) {
  ASSERT_EQ(::unshare(CLONE_NEWNS), 0);
  ASSERT_EQ(::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr), 0);
  const base::TemporaryDirectory scratch(fs::temp_directory_path(), "remove");
  const fs::path kept = scratch.path() / "kept";
  const fs::path tree = scratch.path() / "tree";
  fs::create_directories(kept);
  fs::create_directories(tree / "mounted");
  std::ofstream(kept / "file") << "content";
  ASSERT_EQ(::mount(kept.c_str(), (tree / "mounted").c_str(), nullptr, MS_BIND, nullptr), 0);
  EXPECT_THROW(base::RemoveTree(tree), base::Error);
  EXPECT_TRUE(fs::exists(kept / "file"));
  ::umount((tree / "mounted").c_str());
}

}  // namespace
}  // namespace tests
