#include "tests/integration/container/docker_line.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>

namespace tests {

TEST_P(DockerLine, DoesWhatDockerDoes) {
  const DockerRow& row = GetParam();
  const std::filesystem::path directory = MakeDirectory(std::string("row-") + row.name);
  const Output output = RunToEnd(AsUser({"sh", "-c",
                                         "docker() { command \"$RUNNER\" \"$@\"; }\n"
                                         "RUNNER=$0; cd \"$1\" || exit\n" +
                                             std::string(row.line),
                                         (build() / "bin/runner").string(), directory}));
  EXPECT_EQ(output.code, row.code) << output.errors;
  EXPECT_EQ(output.text, row.out);
  EXPECT_THAT(output.errors, testing::HasSubstr(row.error));
  EXPECT_EQ(std::count(output.errors.begin(), output.errors.end(), '\n'),
            *row.error == '\0' ? 0 : 1)
      << output.errors;
}

}  // namespace tests
