// runner init as a user has it.
#include "tests/integration/pipeline/pipeline_verbs.h"

namespace runner {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

using InitVerb = PipelineVerbs;

TEST_F(InitVerb, WritesAProposalThatPassesLint) {
  repository_.Write("Makefile", "all:\ntest:\ninstall:\n");
  const Ended init = Runner({"init", Path()});
  EXPECT_EQ(init.status, 0) << init.err;
  EXPECT_THAT(init.out, HasSubstr("build, test, package, push"));
  EXPECT_THAT(PipelineNow(), HasSubstr("CHECK"));
  EXPECT_EQ(Runner({"lint", Path()}).status, 0);
}

TEST_F(InitVerb, NeverOverwritesAFile) {
  for (const char* name : {".runner.yml", ".runner.yaml"}) {
    repository_.Write(name, "mine\n");
    const Ended init = Runner({"init", Path()});
    EXPECT_EQ(init.status, 2);
    EXPECT_THAT(init.err, HasSubstr("is there already"));
    EXPECT_EQ(runtime::base::ReadFile(Path(name)), "mine\n");
    fs::remove(Path(name));
  }
  fs::create_symlink("elsewhere", Path(".runner.yml"));
  EXPECT_EQ(Runner({"init", Path()}).status, 2);
  EXPECT_FALSE(fs::exists(Path("elsewhere")));
}

}  // namespace
}  // namespace runner
