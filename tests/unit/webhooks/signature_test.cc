#include "webhooks/signature.h"

#include <gtest/gtest.h>

namespace webhooks {
namespace {

constexpr char kSecret[] = "It's a Secret to Everybody";
constexpr char kBody[] = "Hello, World!";
constexpr char kGood[] = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";

Signature Check(const runtime::base::HttpHeaders& headers, std::string_view body = kBody) {
  return CheckSignature(headers, body, {kSecret});
}

TEST(Signature, AcceptsGithubsTestVector) {
  EXPECT_EQ(Sign(kBody, kSecret), kGood);
  EXPECT_EQ(Check({{"X-Hub-Signature-256", kGood}}), Signature::kValid);
  EXPECT_EQ(Check({{"x-hub-signature-256", kGood}}), Signature::kValid);
}

TEST(Signature, RefusesAChangedBody) {
  EXPECT_EQ(Check({{"X-Hub-Signature-256", kGood}}, "Hello, World."), Signature::kWrong);
  EXPECT_EQ(Check({{"X-Hub-Signature-256", kGood}}, ""), Signature::kWrong);
}

TEST(Signature, RefusesAMissingHeader) {
  EXPECT_EQ(Check({}), Signature::kMissing);
  EXPECT_EQ(Check({{"X-Hub-Signature-2567", kGood}}), Signature::kMissing);
}

TEST(Signature, RefusesSha1Alone) {
  EXPECT_EQ(Check({{"X-Hub-Signature", "sha1=0123456789012345678901234567890123456789"}}),
            Signature::kMissing);
}

TEST(Signature, RefusesTwoHeadersEvenWhenBothAreRight) {
  EXPECT_EQ(Check({{"X-Hub-Signature-256", kGood}, {"x-hub-signature-256", kGood}}),
            Signature::kMalformed);
}

TEST(Signature, RefusesEveryOtherForm) {
  const std::string hex(kGood + 7);
  std::string upper = hex;
  for (char& c : upper) {
    c = static_cast<char>(std::toupper(c));
  }
  for (const std::string& value :
       {std::string(), hex, "SHA256=" + hex, "sha256=" + upper, "sha1=" + hex, " sha256=" + hex,
        "sha256=" + hex.substr(1), "sha256=" + hex + "0", "sha256= " + hex.substr(1),
        "sha256=" + hex + ", sha256=" + hex, std::string("sha256=\0", 8) + hex.substr(1)}) {
    EXPECT_EQ(Check({{"X-Hub-Signature-256", value}}), Signature::kMalformed) << value;
  }
}

TEST(Signature, AcceptsEachOfSeveralSecretsWhileOneIsReplaced) {
  const runtime::base::HttpHeaders headers = {{"X-Hub-Signature-256", Sign(kBody, "new")}};
  EXPECT_EQ(CheckSignature(headers, kBody, {"old", "new"}), Signature::kValid);
  EXPECT_EQ(CheckSignature(headers, kBody, {"new", "old"}), Signature::kValid);
  EXPECT_EQ(CheckSignature(headers, kBody, {"old"}), Signature::kWrong);
}

TEST(Signature, AcceptsNothingWithoutASecret) {
  EXPECT_EQ(CheckSignature({{"X-Hub-Signature-256", Sign(kBody, "")}}, kBody, {}),
            Signature::kWrong);
  EXPECT_EQ(CheckSignature({{"X-Hub-Signature-256", Sign(kBody, "")}}, kBody, {""}),
            Signature::kWrong);
}

TEST(Signature, CoversTheRawBytes) {
  for (const std::string& body :
       {std::string("{\"a\":\"\xF0\x9F\x98\x80 \xE2\x84\xA2\"}"),
        std::string("{\"a\":\"\\u0000\\ud800\"}"), std::string("a\r\nb\n"), std::string("a\0b", 3),
        std::string("payload=%7B%7D&x=+")}) {
    const runtime::base::HttpHeaders headers = {{"X-Hub-Signature-256", Sign(body, kSecret)}};
    EXPECT_EQ(Check(headers, body), Signature::kValid);
    EXPECT_EQ(Check(headers, body + " "), Signature::kWrong);
  }
}

}  // namespace
}  // namespace webhooks
