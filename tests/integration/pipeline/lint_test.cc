// runner lint as a user has it.
#include <nlohmann/json.hpp>

#include "tests/integration/pipeline/pipeline_verbs.h"

namespace runner {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

using LintVerb = PipelineVerbs;

TEST_F(LintVerb, SaysItsFindingsOnStandardOutputOnce) {
  Pipeline("steps:\n  build: {image: x, run: make, needs: nobody}\n");
  const Ended lint = Runner({"lint", Path()});
  EXPECT_EQ(lint.status, 2);
  EXPECT_THAT(lint.out, AllOf(HasSubstr(".runner.yml:2:39 E301"), HasSubstr("^")));
  EXPECT_EQ(lint.out.find("E301"), lint.out.rfind("E301"));
  EXPECT_THAT(lint.err, IsEmpty());
}

TEST_F(LintVerb, SaysThatAFileIsGood) {
  Pipeline(kGoodPipeline);
  const Ended lint = Runner({"lint", Path()});
  EXPECT_EQ(lint.status, 0);
  EXPECT_THAT(lint.out, HasSubstr("good"));
  EXPECT_THAT(Runner({"lint", "-q", Path()}).out, IsEmpty());
}

TEST_F(LintVerb, NeedsNoStateDirectory) {
  Pipeline(kGoodPipeline);
  Runner({"lint", Path()});
  EXPECT_FALSE(fs::exists(directory_.path() / "state"));
}

TEST_F(LintVerb, WritesADocumentForEditors) {
  Pipeline(kBadPipeline);
  const Ended lint = Runner({"lint", "--json", Path()});
  EXPECT_EQ(lint.status, 2);
  const auto findings = nlohmann::json::parse(lint.out);
  ASSERT_EQ(findings.size(), 3U);
  const auto& key = findings[1];
  EXPECT_EQ(key["file"], Path(".runner.yml"));
  EXPECT_EQ(key["line"], 2);
  EXPECT_EQ(key["column"], 11);
  EXPECT_EQ(key["code"], "E101");
  EXPECT_THAT(key["message"].get<std::string>(), HasSubstr("did you mean `image`?"));
  EXPECT_EQ(key["fix"],
            nlohmann::json::parse(R"([{"line":2,"column":11,"remove":"imgae","insert":"image"}])"));
  EXPECT_EQ(findings[2]["fix"], nullptr);
  Pipeline(kGoodPipeline);
  EXPECT_EQ(Runner({"lint", "--json", Path()}).out, "[]\n");
}

TEST_F(LintVerb, MendsTheFileAndSaysWhatIsLeft) {
  Pipeline(std::string(kBadPipeline) + "# the end\n");
  fs::permissions(Path(".runner.yml"), fs::perms(0640));
  const Ended lint = Runner({"lint", "--fix", Path()});
  EXPECT_EQ(lint.status, 2);
  EXPECT_EQ(PipelineNow(),
            "steps:\n  build: {image: \"debian:12\", run: make, needs: nobody}\n# the end\n");
  EXPECT_THAT(lint.out, AllOf(HasSubstr("E301"), testing::Not(HasSubstr("E101"))));
  EXPECT_THAT(lint.err, HasSubstr("1 finding mended"));
  EXPECT_EQ(fs::status(Path(".runner.yml")).permissions(), fs::perms(0640));
}

TEST_F(LintVerb, LeavesAFileAloneThatNeedsNoFix) {
  Pipeline(kGoodPipeline);
  const auto before = fs::last_write_time(Path(".runner.yml"));
  EXPECT_EQ(Runner({"lint", "--fix", Path()}).status, 0);
  EXPECT_EQ(fs::last_write_time(Path(".runner.yml")), before);
}

TEST_F(LintVerb, ExplainsACode) {
  const Ended known = Runner({"lint", "--explain", "E104"});
  EXPECT_EQ(known.status, 0);
  EXPECT_THAT(known.out, AllOf(StartsWith("E104: wrong shape"), HasSubstr("What to do: ")));
  const Ended unknown = Runner({"lint", "--explain", "E999"});
  EXPECT_EQ(unknown.status, 2);
  EXPECT_THAT(unknown.err, HasSubstr("no finding has that code"));
}

TEST_F(LintVerb, NamesAFileThatIsNotThere) {
  EXPECT_THAT(Runner({"lint", Path("nowhere")}).err, HasSubstr("no such file or directory"));
  EXPECT_THAT(Runner({"lint", Path()}).err, HasSubstr("no .runner.yml there"));
  Pipeline(kGoodPipeline);
  repository_.Write(".runner.yaml", kGoodPipeline);
  EXPECT_THAT(Runner({"lint", Path()}).err, HasSubstr("both there"));
}

}  // namespace
}  // namespace runner
