// What the test reports of a step mean for its outcome.
#pragma once

#include "pipeline/run_plan.h"
#include "pipeline/step_result.h"

namespace pipeline {

// Puts the report into the result. A step that ended by itself (passed, or an exit code) fails by
// its tests as `fail-on` says, with cause kTests and a reason such as "3 of 40 tests failed"; a
// signal, a timeout and the like stay what they are. `files` is how many reports were found.
void JudgeTests(const TestsSpec& spec, const TestReport& report, size_t files, StepResult& result);

// Did tests run in its image, and pass? What a push asks for.
bool ProvesImage(const StepResult& result);

}  // namespace pipeline
