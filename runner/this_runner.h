// Which runner this is, and on what host: for the records of its runs.
#pragma once

#include "reports/run_record.h"

namespace runner {

reports::RunnerRecord ThisRunner();

}  // namespace runner
