// interleave ROUNDS NAME PROGRAM [ARG...] [-- NAME PROGRAM [ARG...]]...
//
// Runs the commands in turn, A B C A B C ..., so that what drifts on the machine hits all of them
// alike. Measures each from spawn to exit, with its output thrown away. Prints a line for each:
// NAME, median and 90th percentile in ms. Stops with 1 when a command fails.
// A short rest before each: none pays for what the one before it left to others (the kernel, a
// process that removes files).
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

struct Command {
  const char* name;
  std::vector<char*> argv;  // ends with a null pointer
  std::vector<double> milliseconds;
};

std::vector<Command> ParseCommands(char** begin, char** end) {
  std::vector<Command> commands;
  while (begin < end) {
    char** const last =
        std::find_if(begin, end, [](char* a) { return std::string_view(a) == "--"; });
    if (last - begin < 2) {
      return {};
    }
    Command command{.name = *begin, .argv = {begin + 1, last}, .milliseconds = {}};
    command.argv.push_back(nullptr);
    commands.push_back(std::move(command));
    begin = last == end ? end : last + 1;
  }
  return commands;
}

constexpr auto kRest = std::chrono::milliseconds(25);

// True if it exited with 0.
bool RunOnce(Command& command, const posix_spawn_file_actions_t& quiet) {
  const auto begin = std::chrono::steady_clock::now();
  pid_t pid = -1;
  int status = 0;
  if (::posix_spawnp(&pid, command.argv[0], &quiet, nullptr, command.argv.data(), environ) != 0 ||
      ::waitpid(pid, &status, 0) != pid || status != 0) {
    std::fprintf(stderr, "interleave: %s failed (status %#x)\n", command.name, status);
    return false;
  }
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begin;
  command.milliseconds.push_back(took.count());
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? std::atoi(argv[1]) : 0;
  std::vector<Command> commands;
  if (rounds > 0) {
    commands = ParseCommands(argv + 2, argv + argc);
  }
  if (commands.empty()) {
    std::fputs("usage: interleave ROUNDS NAME PROGRAM [ARG...] [-- NAME PROGRAM [ARG...]]...\n",
               stderr);
    return 2;
  }
  posix_spawn_file_actions_t quiet;
  ::posix_spawn_file_actions_init(&quiet);
  ::posix_spawn_file_actions_addopen(&quiet, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_addopen(&quiet, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  for (int round = 0; round < rounds; ++round) {
    for (Command& command : commands) {
      std::this_thread::sleep_for(kRest);
      if (!RunOnce(command, quiet)) {
        return 1;
      }
    }
  }
  for (Command& command : commands) {
    std::sort(command.milliseconds.begin(), command.milliseconds.end());
    std::printf("%s %.2f %.2f\n", command.name,
                command.milliseconds[command.milliseconds.size() / 2],
                command.milliseconds[command.milliseconds.size() * 9 / 10]);
  }
  ::posix_spawn_file_actions_destroy(&quiet);
  return 0;
}
