// What the tests of supervision share: images whose entrypoint is runner-init.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "tests/integration/container/run_fixture.h"

namespace tests {

// The name of a service, and its `run` as a shell script.
using Scripts = std::vector<std::pair<std::string, std::string>>;

class SuperviseTest : public RunTest {
 protected:
  // An image of busybox with these services. `script` is run in its tree after that.
  static void MakeServices(const std::string& image, const Scripts& services,
                           const std::string& script = "true");
};

// Makes /tmp/ready-NAME, prints "ready" and stays until it is asked to end, then "going" and
// "gone".
extern const char kStays[];

}  // namespace tests
