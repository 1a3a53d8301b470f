// The installed program, as the image ships it.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdio>
#include <string>

namespace {

struct Result {
  int code = -1;
  std::string out;
};

Result RunHello(const std::string& arguments) {
  Result result;
  FILE* pipe = popen(("/usr/bin/hello " + arguments + " 2>&1").c_str(), "r");
  char buffer[256];
  while (fgets(buffer, sizeof buffer, pipe) != nullptr) {
    result.out += buffer;
  }
  const int status = pclose(pipe);
  result.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return result;
}

TEST(Program, PrintsTheGreeting) {
  const Result result = RunHello("Ada");
  EXPECT_EQ(result.code, 0);
  EXPECT_EQ(result.out, "Hello, Ada!\n");
}

TEST(Program, RefusesASecondArgument) {
  const Result result = RunHello("Ada Grace");
  EXPECT_EQ(result.code, 2);
  EXPECT_EQ(result.out, "usage: hello [NAME]\n");
}

}  // namespace
