#include "runtime/network/dns_message.h"

#include <gmock/gmock.h>

#include "tests/unit/network/dns_messages.h"

namespace runtime::network {
namespace {

using tests::AnswerCount;
using tests::CodeOf;
using tests::Opt;
using tests::Question;
using tests::WireName;

const IpAddress kV4 = *IpAddress::Parse("10.231.0.2");
const IpAddress kV6 = *IpAddress::Parse("fd5a:3c1e:77b0::2");

DnsQuery Read(const Question& question) {
  const DnsRequest request = ReadDnsRequest(question.Bytes());
  EXPECT_TRUE(request.query);
  return request.query.value_or(DnsQuery());
}

unsigned RefusalOf(const std::string& packet) {
  const DnsRequest request = ReadDnsRequest(packet);
  EXPECT_FALSE(request.query);
  return request.refusal ? CodeOf(*request.refusal) : 99;
}

TEST(DnsRequest, HasTheNameInLowerCaseAndTheQuestionAsItWasAsked) {
  Question question;
  question.name = WireName("WWW.Example.org");
  question.type = 28;
  const DnsQuery query = Read(question);
  EXPECT_EQ(query.id, 0x1234);
  EXPECT_EQ(query.name, "www.example.org");
  EXPECT_EQ(query.type, kDnsTypeAaaa);
  EXPECT_TRUE(query.recursion);
  EXPECT_EQ(query.udp_payload, 512u);
  EXPECT_EQ(query.question, question.Bytes().substr(12));
}

TEST(DnsRequest, SaysHowMuchTheAskerTakes) {
  Question question;
  question.additional = 1;
  question.rest = Opt(4096);
  EXPECT_EQ(Read(question).udp_payload, 4096u);
  question.rest = Opt(0);
  EXPECT_EQ(Read(question).udp_payload, 512u);
}

TEST(DnsRequest, WithOtherBytesInItsNameHasNoneOfOurs) {
  for (const std::string& label :
       {std::string("d.b"), std::string("d b"), std::string("d\0b", 3), std::string("d\xffz")}) {
    Question question;
    question.name = static_cast<char>(label.size()) + label + '\0';
    EXPECT_EQ(Read(question).name, "") << label;
  }
}

TEST(DnsRequest, ThatIsAnAnswerOrNoHeaderGetsSilence) {
  Question answer;
  answer.flags = 0x8180;
  for (const std::string& packet :
       {std::string(), std::string("x"), std::string(11, '\0'), answer.Bytes()}) {
    const DnsRequest request = ReadDnsRequest(packet);
    EXPECT_FALSE(request.query);
    EXPECT_FALSE(request.refusal);
  }
}

TEST(DnsRequest, ThatBreaksTheFormatIsToldSo) {
  const std::string good = Question().Bytes();
  std::vector<std::string> bad;
  for (size_t length = 12; length < good.size(); ++length) {
    bad.push_back(good.substr(0, length));
  }
  bad.push_back(good + "x");
  Question question;
  question.questions = 2;
  bad.push_back(question.Bytes());
  question = {};
  question.answers = 1;
  bad.push_back(question.Bytes());
  question = {};
  question.additional = 2;
  question.rest = Opt(512) + Opt(512);
  bad.push_back(question.Bytes());
  question = {};
  question.name = "\xc0\x0c";  // a pointer to itself
  bad.push_back(question.Bytes());
  question.name = "\x40" + std::string(64, 'a') + '\0';  // a label of 64
  bad.push_back(question.Bytes());
  std::string long_name;
  for (int i = 0; i < 128; ++i) {
    long_name +=
        "\x01"
        "a";
  }
  question.name = long_name + '\0';  // 257 bytes
  bad.push_back(question.Bytes());
  for (const std::string& packet : bad) {
    EXPECT_EQ(RefusalOf(packet), 1u) << testing::PrintToString(packet);
  }
}

TEST(DnsRequest, OfAnotherKindIsRefused) {
  Question question;
  question.flags = 0x2800;  // an update
  EXPECT_EQ(RefusalOf(question.Bytes()), 4u);
  question = {};
  question.class_of = 3;  // CHAOS
  EXPECT_EQ(RefusalOf(question.Bytes()), 5u);
}

TEST(DnsAnswer, HasTheAddressesOfTheTypeThatWasAskedFor) {
  Question question;
  EXPECT_EQ(AnswerCount(DnsAnswer(Read(question), {kV4, kV6})), 1u);
  EXPECT_THAT(DnsAnswer(Read(question), {kV4, kV6}),
              testing::EndsWith(std::string("\x00\x04\x0a\xe7\x00\x02", 6)));
  question.type = 28;
  EXPECT_EQ(AnswerCount(DnsAnswer(Read(question), {kV4, kV6})), 1u);
  question.type = 255;
  EXPECT_EQ(AnswerCount(DnsAnswer(Read(question), {kV4, kV6})), 2u);
  question.type = 15;  // MX: the name is there, the record isn't
  const std::string none = DnsAnswer(Read(question), {kV4, kV6});
  EXPECT_EQ(AnswerCount(none), 0u);
  EXPECT_EQ(CodeOf(none), 0u);
}

TEST(DnsAnswer, AnswersItsQuestion) {
  const DnsQuery query = Read({});
  const std::string answer = DnsAnswer(query, {kV4});
  EXPECT_TRUE(AnswersDnsQuery(answer, query.id, query.question));
  EXPECT_FALSE(AnswersDnsQuery(answer, 0x1235, query.question));
  Question other;
  other.name = WireName("dc");
  EXPECT_FALSE(AnswersDnsQuery(answer, query.id, Read(other).question));
  EXPECT_FALSE(AnswersDnsQuery(Question().Bytes(), query.id, query.question));
  EXPECT_FALSE(AnswersDnsQuery(answer.substr(0, 13), query.id, query.question));
}

TEST(DnsQuestion, TakesNothingOfTheAskersButTheQuestion) {
  Question question;
  question.flags = 0x0130;  // with bits for DNSSEC
  question.additional = 1;
  question.rest = std::string(1, '\0') + tests::Short(41) + tests::Short(4096) + tests::Short(0) +
                  tests::Short(0) + tests::Short(8) + "secret!!";
  const DnsQuery query = Read(question);
  const std::string asked = DnsQuestion(query, 7);
  EXPECT_EQ(asked.find("secret"), std::string::npos);
  const DnsRequest again = ReadDnsRequest(asked);
  ASSERT_TRUE(again.query);
  EXPECT_EQ(again.query->id, 7);
  EXPECT_EQ(again.query->question, query.question);
  EXPECT_TRUE(again.query->extended);
}

TEST(DnsAnswer, ThatIsTooLongIsCutAndMarkedSo) {
  const DnsQuery query = Read({});
  const std::string answer = DnsAnswer(query, std::vector<IpAddress>(32, kV4));
  ASSERT_GT(answer.size(), 512u);
  EXPECT_EQ(FitDnsAnswer(answer, query, answer.size()), answer);
  const std::string cut = FitDnsAnswer(answer, query, 512);
  EXPECT_LE(cut.size(), 512u);
  EXPECT_EQ(cut[2] & 0x02, 0x02);
  EXPECT_TRUE(AnswersDnsQuery(cut, query.id, query.question));
}

TEST(DnsName, IsLettersDigitsDashAndUnderscoreInLabels) {
  for (const std::string& name :
       {std::string("db"), std::string("step_1.x-Y"), std::string(63, 'a')}) {
    EXPECT_TRUE(IsDnsName(name)) << name;
  }
  for (const std::string& name :
       {std::string(), std::string("."), std::string("a..b"), std::string("a."), std::string("a b"),
        std::string("a\n"), std::string("a/b"), std::string(64, 'a'), std::string("é")}) {
    EXPECT_FALSE(IsDnsName(name)) << name;
  }
}

}  // namespace
}  // namespace runtime::network
