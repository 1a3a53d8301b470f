#include "runtime/network/published_port.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

namespace runtime::network {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> Texts(std::string_view text) {
  std::vector<std::string> texts;
  for (const PublishedPort& port : PublishedPort::Parse(text)) {
    texts.push_back(port.ToString());
  }
  return texts;
}

TEST(PublishedPort, IsReadAsDockerReadsIt) {
  EXPECT_THAT(Texts("80"), ElementsAre("0.0.0.0:0->80/tcp"));
  EXPECT_THAT(Texts("8080:80"), ElementsAre("0.0.0.0:8080->80/tcp"));
  EXPECT_THAT(Texts("0:80/tcp"), ElementsAre("0.0.0.0:0->80/tcp"));
  EXPECT_THAT(Texts("127.0.0.1:8080:80"), ElementsAre("127.0.0.1:8080->80/tcp"));
  EXPECT_THAT(Texts("127.0.0.1::53/udp"), ElementsAre("127.0.0.1:0->53/udp"));
  EXPECT_THAT(Texts("[::1]:8080:80"), ElementsAre("[::1]:8080->80/tcp"));
  EXPECT_THAT(Texts("65535:65535/UDP"), ElementsAre("0.0.0.0:65535->65535/udp"));
}

TEST(PublishedPort, MayBeARange) {
  EXPECT_THAT(Texts("8000-8002:80-82"),
              ElementsAre("0.0.0.0:8000->80/tcp", "0.0.0.0:8001->81/tcp", "0.0.0.0:8002->82/tcp"));
  EXPECT_THAT(Texts("80-81/udp"), ElementsAre("0.0.0.0:0->80/udp", "0.0.0.0:0->81/udp"));
  EXPECT_THAT(Texts("8000-8002:80"), ElementsAre("0.0.0.0:8000-8002->80/tcp"));
  EXPECT_EQ(PublishedPort::Parse("1-65535").size(), 65535u);
}

TEST(PublishedPort, IsRefusedWhenItIsNone) {
  for (const char* text : {"",
                           ":",
                           "::",
                           "0",
                           "65536",
                           "-1",
                           "80-",
                           "-80",
                           "82-80",
                           "0-3",
                           "8000-8001:80-82",
                           "80/",
                           "80/sctp",
                           "80/tcp/tcp",
                           "a:80",
                           "8080:a",
                           "::1:8080:80",
                           "[::1]",
                           "[127.0.0.1]:80:80",
                           "localhost:80:80",
                           "127.0.0.1",
                           "127.0.0.1:80:",
                           "127.0.0.300:80:80",
                           "[fe80::1%lo]:80:80",
                           " 80",
                           "80 ",
                           "+80",
                           "8080:80:",
                           "1:2:3:4"}) {
    EXPECT_THAT(Texts(text), IsEmpty()) << text;
  }
  EXPECT_THAT(Texts(std::string_view("80\0", 3)), IsEmpty());
}

TEST(PublishedPort, KnowsWhatItMayBecome) {
  const auto one = [](std::string_view text) { return PublishedPort::Parse(text).front(); };
  EXPECT_TRUE(one("32768:80").IsAnswerTo(one("80")));
  EXPECT_TRUE(one("8001:80").IsAnswerTo(one("8000-8002:80")));
  EXPECT_TRUE(one("8080:80").IsAnswerTo(one("8080:80")));
  EXPECT_FALSE(one("8003:80").IsAnswerTo(one("8000-8002:80")));
  EXPECT_FALSE(one("8081:80").IsAnswerTo(one("8080:80")));
  EXPECT_FALSE(one("32768:80/udp").IsAnswerTo(one("80")));
  EXPECT_FALSE(one("32768:81").IsAnswerTo(one("80")));
  EXPECT_FALSE(one("127.0.0.1:32768:80").IsAnswerTo(one("80")));
}

}  // namespace
}  // namespace runtime::network
