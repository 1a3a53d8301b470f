#include "runner/run_finder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runtime/base/error.h"
#include "runtime/base/files.h"

namespace runner {
namespace {

using runtime::base::ErrorKind;
using testing::HasSubstr;

class RunFinder : public testing::Test {
 protected:
  RunFinder() : dir_("/tmp", "runs") {
    for (const char* id : {"01kgasd000abcdef", "01kgasd000abcxyz", "01kgase000abcdef", "junk"}) {
      std::filesystem::create_directory(dir_.path() / id);
    }
  }
  std::string Find(const std::string& text) const { return FindRun(dir_.path(), text); }
  std::string Problem(const std::string& text, ErrorKind kind) const {
    try {
      return "found " + Find(text);
    } catch (const runtime::base::Error& e) {
      EXPECT_EQ(e.kind(), kind);
      return e.what();
    }
  }
  runtime::base::TemporaryDirectory dir_;
};

TEST_F(RunFinder, TakesAnIdItsBeginningItsEndAndLast) {
  EXPECT_EQ(Find("01kgasd000abcxyz"), "01kgasd000abcxyz");
  EXPECT_EQ(Find("01kgase"), "01kgase000abcdef");
  EXPECT_EQ(Find("xyz"), "01kgasd000abcxyz");
  EXPECT_EQ(Find("last"), "01kgase000abcdef");
}

TEST_F(RunFinder, RefusesWhatIsNoneOrSeveral) {
  EXPECT_THAT(Problem("zzz", ErrorKind::kNotFound), HasSubstr("there is none"));
  EXPECT_THAT(Problem("", ErrorKind::kNotFound), HasSubstr("there is none"));
  EXPECT_THAT(Problem("junk", ErrorKind::kNotFound), HasSubstr("there is none"));
  EXPECT_THAT(Problem("../x", ErrorKind::kNotFound), HasSubstr("there is none"));
  EXPECT_THAT(Problem("abcdef", ErrorKind::kUsage), HasSubstr("2 have such an id"));
}

TEST_F(RunFinder, SplitsRunAndStep) {
  const RunStep found = FindRunStep(dir_.path(), "last/a/b");
  EXPECT_EQ(found.run, "01kgase000abcdef");
  EXPECT_EQ(found.step, "a/b");
  EXPECT_THROW(FindRunStep(dir_.path(), "last"), runtime::base::Error);
}

}  // namespace
}  // namespace runner
