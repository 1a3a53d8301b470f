#include "runtime/git/config_text.h"

#include <gmock/gmock.h>

#include <vector>

namespace runtime::git {
namespace {

using testing::ElementsAre;

std::vector<std::string> Values(std::string_view text) {
  std::vector<std::string> lines;
  ForEachConfigValue(text, [&](const ConfigValue& found) {
    lines.push_back(found.section + "|" + found.subsection + "|" + found.key + "|" + found.value);
  });
  return lines;
}

TEST(ConfigText, HasSectionsWithAndWithoutASubsection) {
  EXPECT_THAT(Values("[LFS]\n\tURL = https://a/b\n[remote \"Origin\"]\nlfsurl=x ; y\n"),
              ElementsAre("lfs||url|https://a/b", "remote|Origin|lfsurl|x"));
}

TEST(ConfigText, LeavesOutWhatIsNoneOfThem) {
  EXPECT_THAT(Values("loose = 1\n[broken\nx = 1\n[\"]\ny = 1\n[a \"b]\nz = 1\n[ok]\nflag\nv =\n"),
              ElementsAre("ok||v|"));
}

}  // namespace
}  // namespace runtime::git
