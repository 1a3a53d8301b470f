// SweepUnheld and what is held from it.
#include <fcntl.h>
#include <gtest/gtest.h>

#include <optional>

#include "runtime/base/files.h"

namespace runtime::base {
namespace {

namespace fs = std::filesystem;

TEST(SweepUnheld, RemovesWhatACrashLeft) {
  const TemporaryDirectory parent(fs::temp_directory_path(), "sweep");
  fs::create_directories(parent.path() / "layer-1" / "fs");
  WriteFileAtomically(parent.path() / "blob-1", "half", Durability::kNoFlush);

  SweepUnheld(parent.path());
  EXPECT_TRUE(fs::is_empty(parent.path()));
}

TEST(SweepUnheld, LeavesATemporaryDirectoryThatIsInUse) {
  const TemporaryDirectory parent(fs::temp_directory_path(), "sweep");
  const TemporaryDirectory draft(parent.path(), "layer");

  SweepUnheld(parent.path());
  EXPECT_TRUE(fs::exists(draft.path()));
}

TEST(SweepUnheld, LeavesADirectoryWhoseOwnerMovedIt) {
  const TemporaryDirectory parent(fs::temp_directory_path(), "sweep");
  std::optional<TemporaryDirectory> first(std::in_place, parent.path(), "layer");
  const TemporaryDirectory second(std::move(*first));
  first.reset();

  SweepUnheld(parent.path());
  EXPECT_TRUE(fs::exists(second.path()));
}

TEST(HoldFromSweep, AnswersNoForAFileThatASweepTook) {
  const TemporaryDirectory parent(fs::temp_directory_path(), "sweep");
  const UniqueFd file = OpenFile(parent.path() / "blob", O_RDWR | O_CREAT);
  SweepUnheld(parent.path());

  EXPECT_FALSE(HoldFromSweep(file.get()));
}

TEST(SweepUnheld, AcceptsADirectoryThatIsNotThere) { SweepUnheld("/nonexistent/directory"); }

}  // namespace
}  // namespace runtime::base
