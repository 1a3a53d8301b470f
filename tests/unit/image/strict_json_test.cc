#include "runtime/image/strict_json.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "runtime/base/error.h"

namespace runtime::image {
namespace {

using ::testing::HasSubstr;

std::string Refusal(std::string_view text, const JsonLimits& limits = {}) {
  try {
    ParseStrictJson(text, "document", limits);
  } catch (const base::Error& e) {
    EXPECT_EQ(e.kind(), base::ErrorKind::kInvalid);
    return e.what();
  }
  return "accepted";
}

TEST(StrictJson, ReadsEveryKindOfValue) {
  const auto value = ParseStrictJson(R"({"a":[1,-2,1.5,true,null,"x",{}]})", "document");
  EXPECT_EQ(value.dump(), R"({"a":[1,-2,1.5,true,null,"x",{}]})");
}

TEST(StrictJson, RefusesDuplicateKeys) {
  EXPECT_THAT(Refusal(R"({"digest":"A","digest":"B"})"), HasSubstr("duplicate key \"digest\""));
  EXPECT_THAT(Refusal(R"({"x":{"a":1,"\u0061":2}})"), HasSubstr("duplicate key \"a\""));
}

TEST(StrictJson, RefusesTrailingData) {
  EXPECT_THAT(Refusal("{} {}"), HasSubstr("not valid JSON"));
  EXPECT_THAT(Refusal(std::string_view("{}\0{}", 5)), HasSubstr("NUL"));
}

TEST(StrictJson, RefusesInvalidUtf8AndByteOrderMarks) {
  EXPECT_THAT(Refusal("{\"a\":\"\xff\"}"), HasSubstr("not valid JSON"));
  EXPECT_THAT(Refusal("{\"a\":\"\xc0\xaf\"}"), HasSubstr("not valid JSON"));
  EXPECT_THAT(Refusal("\xEF\xBB\xBF{}"), HasSubstr("byte order mark"));
}

TEST(StrictJson, RefusesNulInStringsAndKeys) {
  EXPECT_THAT(Refusal(R"({"a":"x\u0000y"})"), HasSubstr("NUL"));
  EXPECT_THAT(Refusal(R"({"x\u0000y":1})"), HasSubstr("NUL"));
}

TEST(StrictJson, RefusesTenThousandLevels) {
  EXPECT_THAT(Refusal(std::string(10'000, '[')), HasSubstr("nested more than 32 deep"));
}

TEST(StrictJson, RefusesMoreBytesOrValuesThanTheLimit) {
  EXPECT_THAT(Refusal("[1,2,3]", {.max_bytes = 6}), HasSubstr("longer than 6 bytes"));
  EXPECT_THAT(Refusal("[1,2,3]", {.max_values = 3}), HasSubstr("more than 3 values"));
}

TEST(StrictJson, RefusesWhatIsNotJson) {
  for (const char* text : {"", "{", "{\"a\"}", "[1,]", "{'a':1}", "nul", "1e999"}) {
    EXPECT_THAT(Refusal(text), HasSubstr("not valid JSON")) << text;
  }
}

TEST(StrictJson, AMemberThatDiffersByCaseIsAnError) {
  const auto value = ParseStrictJson(R"({"Digest":"A"})", "document");
  EXPECT_THROW(Member(value, "digest", "document"), base::Error);
  EXPECT_EQ(Member(value, "size", "document"), nullptr);
}

TEST(StrictJson, MembersOfAnotherTypeAreErrors) {
  const auto value = ParseStrictJson(
      R"({"n":1.5,"m":-1,"s":7,"l":["a",1],"big":9223372036854775807})", "document");
  EXPECT_THROW(SizeMember(value, "n", "document"), base::Error);
  EXPECT_THROW(SizeMember(value, "m", "document"), base::Error);
  EXPECT_THROW(SizeMember(value, "big", "document"), base::Error);
  EXPECT_THROW(SizeMember(value, "absent", "document"), base::Error);
  EXPECT_THROW(StringMember(value, "s", "document"), base::Error);
  EXPECT_THROW(StringsMember(value, "l", "document"), base::Error);
  EXPECT_EQ(StringMember(value, "absent", "document"), "");
}

}  // namespace
}  // namespace runtime::image
