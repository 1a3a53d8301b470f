#include "runner/patch_workspace.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runtime/base/error.h"

namespace runner {
namespace {

TEST(RequireAppliable, TakesChangesOfText) {
  RequireAppliable(
      "diff --git a/f b/f\nindex 1..2 100644\n--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\n+b\n");
  RequireAppliable("--- /dev/null\n+++ b/f\n@@ -0,0 +1 @@\n+rename from a\n");
}

TEST(RequireAppliable, NamesTheLineThatOnlyGitCouldApply) {
  for (const char* line :
       {"rename from a", "copy from a", "old mode 100644", "new file mode 100755",
        "new file mode 120000", "GIT binary patch", "Binary files a/x and b/x differ"}) {
    const std::string patch = "--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\n+b\n" + std::string(line) + "\n";
    try {
      RequireAppliable(patch);
      ADD_FAILURE() << line;
    } catch (const runtime::base::Error& e) {
      EXPECT_THAT(e.what(), testing::HasSubstr("line 6: \"" + std::string(line)));
    }
  }
}

TEST(RequireAppliable, RefusesWhatChangesNothing) {
  EXPECT_THROW(RequireAppliable(""), runtime::base::Error);
  EXPECT_THROW(RequireAppliable("garbage\n"), runtime::base::Error);
}

}  // namespace
}  // namespace runner
