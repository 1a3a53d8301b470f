// DockerLine: a command line of `docker run` as users type it, with its exit code, output and
// effect. Tables of them are in docker_lines_test.cc and docker_kept_lines_test.cc.
#pragma once

#include <ostream>
#include <string>

#include "tests/integration/container/run_fixture.h"

namespace tests {

struct DockerRow {
  const char* name;
  const char* line;   // for sh, in a directory of its own; `docker` is our program
  int code;           // what docker exits with
  const char* out;    // all of standard output
  const char* error;  // in the one line of standard error; "" where there is none
};

inline void PrintTo(const DockerRow& row, std::ostream* stream) { *stream << row.line; }

inline std::string NameOfRow(const testing::TestParamInfo<DockerRow>& info) {
  return info.param.name;
}

class DockerLine : public RunTest, public testing::WithParamInterface<DockerRow> {};

}  // namespace tests
