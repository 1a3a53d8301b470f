#include "runner/option_words.h"

#include <gmock/gmock.h>

namespace runner {
namespace {

using Words = std::vector<std::string>;

class OptionWordsTest : public testing::Test {
 protected:
  OptionWordsTest() {
    app_.add_option("-e,--env", env_)->allow_extra_args(false);
    app_.add_option("--name", name_);
    app_.add_flag("-i", flag_);
    app_.add_flag("-t,--tty", flag_);
  }

  CLI::App app_;
  Words env_;
  std::string name_;
  bool flag_ = false;
};

TEST_F(OptionWordsTest, EmptyValueIsAWordOfItsOwn) {
  EXPECT_EQ(OptionWords(app_, {"--name=", "x"}), (Words{"--name", "", "x"}));
  EXPECT_EQ(OptionWords(app_, {"--name=y", "x"}), (Words{"--name=y", "x"}));
  EXPECT_EQ(OptionWords(app_, {"--name", "", "x"}), (Words{"--name", "", "x"}));
}

TEST_F(OptionWordsTest, EqualsSignOfAShortOptionIsNoneOfItsValue) {
  EXPECT_EQ(OptionWords(app_, {"-e=A=1"}), (Words{"-e", "A=1"}));
  EXPECT_EQ(OptionWords(app_, {"-ite=A=1"}), (Words{"-ite", "A=1"}));
  EXPECT_EQ(OptionWords(app_, {"-eA=1", "-e", "=x"}), (Words{"-eA=1", "-e", "=x"}));
}

TEST_F(OptionWordsTest, FlagTakesAValueByItsLongName) {
  EXPECT_EQ(OptionWords(app_, {"-t=false"}), (Words{"--tty=false"}));
  EXPECT_EQ(OptionWords(app_, {"-it=false"}), (Words{"-i", "--tty=false"}));
}

TEST_F(OptionWordsTest, ValuesAndUnknownOptionsStayAsTheyAre) {
  const Words words = {"--name", "--name=", "-e", "-e=x", "--other=", "-x=1", "--tty=", "-"};
  EXPECT_EQ(OptionWords(app_, words), words);
}

TEST_F(OptionWordsTest, AfterDashDashAreNone) {
  const Words words = {"-i", "--", "--name=", "-e=x"};
  EXPECT_EQ(OptionWords(app_, words), words);
}

TEST_F(OptionWordsTest, AfterTheFirstWordOfAPrefixCommandAreNone) {
  EXPECT_EQ(OptionWords(app_, {"word", "-e=x"}), (Words{"word", "-e", "x"}));
  app_.prefix_command();
  EXPECT_EQ(OptionWords(app_, {"--name=", "word", "-e=x"}), (Words{"--name", "", "word", "-e=x"}));
}

}  // namespace
}  // namespace runner
