#include "runner/listing.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "runtime/base/error.h"

namespace runner {
namespace {

using nlohmann::json;
using testing::HasSubstr;

// What is printed of two objects; a table of theirs would be "table\n".
std::string Printed(const ListingForm& form) {
  const Listing listing(form);
  testing::internal::CaptureStdout();
  listing.Print({{{"ID", "one"}, {"N", 1}}, {{"ID", "two"}, {"N", 2}}}, [] { std::puts("table"); });
  return testing::internal::GetCapturedStdout();
}

TEST(Listing, IsATableUnlessAnythingElseIsWanted) { EXPECT_EQ(Printed({}), "table\n"); }

TEST(Listing, IsWhatTheOptionsSay) {
  EXPECT_EQ(Printed({.only_ids = true}), "one\ntwo\n");
  EXPECT_EQ(Printed({.format = "{{.ID}}-{{.N}}"}), "one-1\ntwo-2\n");
  EXPECT_THAT(Printed({.as_json = true}),
              HasSubstr("[\n  {\n    \"ID\": \"one\",\n    \"N\": 1\n"));
}

TEST(Listing, IsOfOneFormWhenSeveralAreWanted) {
  EXPECT_EQ(Printed({.format = "{{.N}}", .only_ids = true}), "1\n2\n");
  EXPECT_THAT(Printed({.as_json = true, .format = "{{.N}}", .only_ids = true}),
              HasSubstr("\"ID\""));
}

// Before anything is looked at or printed.
TEST(Listing, RefusesATemplateThatIsNone) {
  EXPECT_THROW(Listing({.format = "{{if}}"}), runtime::base::Error);
}

TEST(Listing, IsTextWhateverTheBytes) {
  testing::internal::CaptureStdout();
  PrintJson("\xff");
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "\"\xef\xbf\xbd\"\n");
}

}  // namespace
}  // namespace runner
