// What goes up from a backend holds no secret.
#include "runner/masking_backend.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runner/masked_log.h"
#include "runtime/base/error.h"

namespace runner {
namespace {

using pipeline::Stream;
using testing::ElementsAre;
using testing::Pair;

class Lines : public pipeline::StepLog {
 public:
  void Line(Stream, std::string_view line) override { lines.emplace_back(line); }
  std::vector<std::string> lines;
};

// Says "hunter2" wherever a backend can say something.
class Talkative : public pipeline::StepBackend {
 public:
  explicit Talkative(bool fails) : fails_(fails) {}
  pipeline::Checkout CheckOut(const pipeline::TriggerEvent&, pipeline::StepLog& log,
                              std::stop_token) override {
    Say(log);
    return {};
  }
  pipeline::Checkout CheckOutAs(const pipeline::CloneSpec&, const pipeline::TriggerEvent&,
                                const pipeline::Checkout& first, pipeline::StepLog& log,
                                std::stop_token) override {
    Say(log);
    return first;
  }
  std::optional<std::vector<std::string>> ChangedPaths(const pipeline::TriggerEvent&,
                                                       const pipeline::Checkout&,
                                                       std::stop_token) override {
    return std::nullopt;
  }
  std::optional<std::string> ReadFile(const pipeline::WorkspaceLayers&, std::string_view,
                                      size_t) override {
    return std::nullopt;
  }
  std::vector<std::string> ListFiles(const pipeline::WorkspaceLayers&, std::string_view,
                                     size_t) override {
    return {};
  }
  pipeline::CommandEnd RunCommand(const pipeline::CommandRequest&, pipeline::StepLog& log,
                                  std::stop_token) override {
    Say(log);
    pipeline::CommandEnd end;
    end.result.reason = "not hunter2";
    end.result.outputs = {{"key", "a hunter2"}};
    return end;
  }
  pipeline::StepResult BuildImage(const pipeline::ImageBuildRequest&, pipeline::StepLog& log,
                                  std::stop_token) override {
    Say(log);
    return Result();
  }
  pipeline::StepResult PushImage(const pipeline::PushRequest&, pipeline::StepLog& log,
                                 std::stop_token) override {
    Say(log);
    return Result();
  }
  std::optional<std::string> FindConflict(const std::string&, const std::string&) override {
    return "hunter2";
  }

 private:
  static pipeline::StepResult Result() {
    pipeline::StepResult result;
    result.reason = "not hunter2";
    return result;
  }
  void Say(pipeline::StepLog& log) const {
    log.Line(Stream::kStdout, "out hunt");
    log.Line(Stream::kStdout, "er2");
    log.Line(Stream::kRunner, "ours hunter2");
    if (fails_) {
      throw runtime::base::Error(runtime::base::ErrorKind::kUnavailable, "said hunter2", 5);
    }
  }
  bool fails_;
};

class MaskingBackendTest : public testing::Test {
 protected:
  MaskingBackendTest() { masker_.Add("hunter2", "secret"); }
  Masker masker_;
  Lines log_;
};

TEST_F(MaskingBackendTest, MasksLogsReasonsAndOutputs) {
  Talkative talkative(false);
  MaskingBackend backend(talkative, masker_);
  backend.CheckOut({}, log_, {});
  EXPECT_THAT(log_.lines, ElementsAre("out ***", "***", "ours ***"));
  const pipeline::StepResult command = backend.RunCommand({}, log_, {}).result;
  EXPECT_EQ(command.reason, "not ***");
  EXPECT_THAT(command.outputs, ElementsAre(Pair("key", "a ***")));
  EXPECT_EQ(backend.BuildImage({}, log_, {}).reason, "not ***");
  EXPECT_EQ(backend.PushImage({}, log_, {}).reason, "not ***");
  EXPECT_EQ(backend.FindConflict("a", "b"), "***");
  for (const std::string& line : log_.lines) {
    EXPECT_EQ(line.find("hunter2"), std::string::npos) << line;
  }
}

TEST_F(MaskingBackendTest, MasksErrorsAndLeavesTheirKind) {
  Talkative talkative(true);
  MaskingBackend backend(talkative, masker_);
  try {
    backend.RunCommand({}, log_, {});
    FAIL();
  } catch (const runtime::base::Error& e) {
    EXPECT_STREQ(e.what(), "said ***");
    EXPECT_EQ(e.kind(), runtime::base::ErrorKind::kUnavailable);
    EXPECT_EQ(e.errno_value(), 5);
  }
}

TEST_F(MaskingBackendTest, MasksEveryTextOfAReport) {
  pipeline::TestReport report;
  report.warnings = {"hunter2"};
  report.cases = {{.suite = "hunter2",
                   .class_name = "hunter2",
                   .name = "hunter2",
                   .file = "hunter2",
                   .message = "hunter2",
                   .details = "a\nhunter2\nb",
                   .output = "hunter2"}};
  MaskReport(masker_, report);
  const pipeline::TestCase& test = report.cases[0];
  EXPECT_THAT(report.warnings, ElementsAre("***"));
  EXPECT_EQ(test.details, "a\n***\nb");
  for (const std::string* text :
       {&test.suite, &test.class_name, &test.name, &test.file, &test.message, &test.output}) {
    EXPECT_EQ(*text, "***");
  }
}

TEST_F(MaskingBackendTest, TakesMasksFromAStepsOutput) {
  {
    MaskedLog log(log_, masker_);
    log.Line(Stream::kStdout, "t0ken%");
    log.Line(Stream::kStdout, "::add-mask::t0ken%25");
    log.Line(Stream::kStderr, "a t0ken% b");
    log.Line(Stream::kStdout, " ::add-mask::later");  // Not a command.
    log.Line(Stream::kStdout, "::add-mask::abc");
  }
  EXPECT_THAT(log_.lines,
              ElementsAre("t0ken%", "::add-mask::***", "a *** b", " ::add-mask::later",
                          "add-mask: a secret has at least 4 characters; a shorter one can't be "
                          "kept out of the logs",
                          "::add-mask::abc"));
}

}  // namespace
}  // namespace runner
