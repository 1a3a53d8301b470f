#include "reports/source_location.h"

#include <gtest/gtest.h>

namespace reports {
namespace {

std::string Find(std::string_view text, LocationHints hints = {}) {
  const auto found = FindSourceLocation(text, hints);
  return found ? found->file + ":" + std::to_string(found->line) : "";
}

TEST(FindSourceLocation, ReadsTheStylesOfManyTools) {
  EXPECT_EQ(Find("src/path.cc:12: Failure\nExpected: 1"), "src/path.cc:12");
  EXPECT_EQ(Find("Error: x\n    at f (lib/file.js:3:5)"), "lib/file.js:3");
  EXPECT_EQ(Find("at g (file:///workspace/a.mjs:10:11)"), "/workspace/a.mjs:10");
  EXPECT_EQ(Find("  File \"tests/test_x.py\", line 7, in test_x"), "tests/test_x.py:7");
  EXPECT_EQ(Find("tests/test_x.py:9: AssertionError"), "tests/test_x.py:9");
  EXPECT_EQ(Find("   at Foo.Bar() in /src/Foo.cs:line 33"), "/src/Foo.cs:33");
  EXPECT_EQ(Find("panicked at 'x', src/lib.rs:21:9"), "src/lib.rs:21");
  EXPECT_EQ(Find("    calc_test.go:14: got 3"), "calc_test.go:14");
  EXPECT_EQ(Find("\tat a.b.FooTest.bar(FooTest.java:42)"), "FooTest.java:42");
}

TEST(FindSourceLocation, IsNotFooledByAddressesTimesAndUrls) {
  EXPECT_EQ(Find("connect example.org:8080"), "");
  EXPECT_EQ(Find("at 12:30:45 something"), "");
  EXPECT_EQ(Find("see https://host/page.js:3"), "");
  EXPECT_EQ(Find("x.cc:0: nothing"), "");
  EXPECT_EQ(Find(".js:3 .:7 :9 \""), "");
  EXPECT_EQ(Find("a.cc:99999999999999999999"), "");
}

TEST(FindSourceLocation, PrefersTheTestsOwnFileToInstalledPackages) {
  EXPECT_EQ(Find("at x (/w/node_modules/chai/index.js:1:2)\nat y (test/a.js:5:1)"), "test/a.js:5");
  EXPECT_EQ(Find("at org.junit.Assert.fail(Assert.java:86)\nat a.FooTest.x(FooTest.java:9)",
                 {.file = {}, .class_name = "a.FooTest"}),
            "FooTest.java:9");
  EXPECT_EQ(Find("at x (/w/node_modules/chai/index.js:1:2)"), "/w/node_modules/chai/index.js:1");
}

TEST(FindSourceLocation, TakesOnlyTheNamedFile) {
  EXPECT_EQ(Find("helper.cc:3\n/w/src/a_test.cc:8", {.file = "src/a_test.cc", .class_name = {}}),
            "/w/src/a_test.cc:8");
  EXPECT_EQ(Find("helper.cc:3", {.file = "src/a_test.cc", .class_name = {}}), "");
}

}  // namespace
}  // namespace reports
