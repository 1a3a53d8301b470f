// What the tests of `services` share.
#pragma once

#include <nlohmann/json.hpp>

#include <string>

#include "tests/integration/runner/exec/exec_test.h"
#include "tests/support/run_traces.h"

namespace runner {

class ExecServices : public ExecTest {
 protected:
  ExecServices() : traces_(root()) {}

  // What a run that fails says of the step.
  std::string ReasonOf(const std::string& step) {
    const ExecResult result = Exec();
    EXPECT_EQ(result.status, 1) << result.all();
    EXPECT_EQ(Step(step).at("outcome"), "failed");
    ExpectNothingLeft();
    return Step(step).at("reason");
  }
  void ExpectSuccess() {
    const ExecResult result = Exec();
    EXPECT_EQ(result.status, 0) << result.all();
    ExpectNothingLeft();
  }
  void ExpectNothingLeft() const {
    EXPECT_THAT(traces_.Left(), testing::IsEmpty());
    EXPECT_THAT(Leftovers(), testing::IsEmpty());
  }

  tests::RunTraces traces_;
};

}  // namespace runner
