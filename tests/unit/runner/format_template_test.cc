#include "runner/format_template.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "runtime/base/error.h"

namespace runner {
namespace {

using nlohmann::json;
using testing::HasSubstr;

std::string Fill(const std::string& text) {
  return FormatTemplate(text).Fill({{"ID", "abc"}, {"State", {{"Pid", 7}, {"On", true}}}});
}

TEST(FormatTemplate, FillsMembersIn) {
  EXPECT_EQ(Fill("{{.ID}}"), "abc");
  EXPECT_EQ(Fill("id={{ .ID }}, pid={{.State.Pid}}!"), "id=abc, pid=7!");
  EXPECT_EQ(Fill("{{.State.On}}\\t{{.ID}}\\n"), "true\tabc\n");
  EXPECT_EQ(Fill("plain"), "plain");
  EXPECT_EQ(Fill(""), "");
}

TEST(FormatTemplate, ShowsJson) {
  EXPECT_EQ(Fill("{{json .ID}}"), "\"abc\"");
  EXPECT_EQ(Fill("{{json .State}}"), "{\"On\":true,\"Pid\":7}");
  EXPECT_EQ(Fill("{{.State}}"), "{\"On\":true,\"Pid\":7}");
  EXPECT_EQ(json::parse(Fill("json")), json::parse(Fill("{{json .}}")));
}

TEST(FormatTemplate, NamesWhatThereIsWhenAMemberIsMissing) {
  try {
    Fill("{{.Nope}}");
    ADD_FAILURE();
  } catch (const runtime::base::Error& e) {
    EXPECT_EQ(e.kind(), runtime::base::ErrorKind::kUsage);
    EXPECT_THAT(e.what(), HasSubstr("ID, State"));
  }
}

TEST(FormatTemplate, RefusesWhatItDoesNotKnow) {
  for (const char* text :
       {"{{", "{{.ID", "{{ID}}", "{{if .ID}}", "{{.ID | upper}}", "{{..ID}}", "{{.ID.}}", "{{}}"}) {
    EXPECT_THROW(Fill(text), runtime::base::Error) << text;
  }
}

}  // namespace
}  // namespace runner
