// runner import as a user has it.
#include "tests/integration/pipeline/pipeline_verbs.h"

namespace runner {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;

using ImportVerb = PipelineVerbs;

TEST_F(ImportVerb, WritesTheFileAndSaysWhatIsLeftOut) {
  repository_.Write("ci.yml", "cache: {}\nbuild:\n  image: gcc:14\n  script: [make]\n");
  const Ended import = Runner({"import", "gitlab", Path("ci.yml")});
  EXPECT_EQ(import.status, 0);
  EXPECT_THAT(import.err, AllOf(HasSubstr("ci.yml:1:1"), HasSubstr("`cache` is not carried over")));
  Pipeline(import.out);
  EXPECT_EQ(Runner({"lint", Path()}).status, 0) << import.out;
}

TEST_F(ImportVerb, RefusesWhatItDoesNotKnow) {
  EXPECT_THAT(Runner({"import", "jenkins", Path("ci.yml")}).err,
              HasSubstr("expected github, gitlab, woodpecker or drone"));
  EXPECT_EQ(Runner({"import", "github", Path("ci.yml")}).status, 2);
  repository_.Write("ci.yml", "on: push\n");
  const Ended nothing = Runner({"import", "github", Path("ci.yml")});
  EXPECT_EQ(nothing.status, 2);
  EXPECT_THAT(nothing.out, IsEmpty());
  EXPECT_THAT(nothing.err, HasSubstr("nothing in this file"));
}

}  // namespace
}  // namespace runner
