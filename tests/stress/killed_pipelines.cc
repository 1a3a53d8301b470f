// kill -9 of any process of a pipeline's run, at any moment: what was shown is kept, what is said
// to have passed has, and nothing is left.
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <sstream>
#include <vector>

#include "reports/run_record.h"
#include "runner/run_directory.h"
#include "runner/step_log_reader.h"
#include "runtime/base/fd.h"
#include "tests/stress/inventory.h"
#include "tests/stress/modes.h"
#include "tests/stress/scratch_host.h"
#include "tests/support/child_program.h"
#include "tests/support/git_repository.h"
#include "tests/support/run_traces.h"
#include "tests/support/wait_until.h"

namespace tests {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

// Whatever half of a cache or of a workspace was taken for a whole one fails a later step.
constexpr char kPipeline[] = R"yaml(name: killed
services:
  greeter: {image: busybox, argv: [nc, -ll, -p, "80", -e, echo, hello], ready: {port: 80}}
steps:
  lines:
    image: busybox
    needs: []
    network: job
    run: |
      test "$(nc greeter 80 </dev/null)" = hello
      for i in $(seq 300); do echo "line $i"; done
  cached:
    image: busybox
    needs: []
    network: none
    cache: [/cache]
    run: |
      ls /cache | cut -d. -f2 | sort | uniq -c | awk '$1 != 100 {exit 1}'
      for i in $(seq 100); do echo "$i" > "/cache/$i.$RUNNER_RUN_ID"; done
  made: {image: busybox, network: none, run: "mkdir made; for i in $(seq 100); do echo $i > made/$i; done"}
  counted: {image: busybox, network: none, run: "test $(ls made | wc -l) = 100; echo all are there"}
finally:
  after: {image: busybox, network: none, run: "echo outcome $RUNNER_OUTCOME"}
)yaml";

// The runner itself every second time, else one of its children: reaper, network, a container.
pid_t PipelineVictim(pid_t runner, unsigned choice) {
  const std::vector<pid_t> children = ChildrenOf(runner);
  return choice % 2 == 0 || children.empty() ? runner : children[choice / 2 % children.size()];
}

// Until the process ends, or this time is over.
void AwaitEnd(pid_t pid, std::chrono::microseconds time) {
  const runtime::base::UniqueFd process(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  pollfd ended = {process.get(), POLLIN, 0};
  const timespec limit = {time.count() / 1'000'000, time.count() % 1'000'000 * 1000};
  ::ppoll(&ended, 1, &limit, nullptr);
}

std::optional<std::string> NewestRun(const fs::path& runs) {
  std::set<std::string> names;
  for (const fs::directory_entry& entry : fs::directory_iterator(runs)) {
    names.insert(entry.path().filename());
  }
  return names.empty() ? std::nullopt : std::optional(*names.rbegin());
}

std::multiset<std::string> LoggedLines(const runner::RunPaths& paths, const std::string& step) {
  std::multiset<std::string> lines;
  runner::StepLogReader reader(paths, step);
  while (const auto line = reader.Next(true)) {
    lines.insert(std::string(line->text));
  }
  return lines;
}

// What is wrong with what is kept of the run, beside what its terminal saw; empty: nothing.
std::string WhatIsWrong(const fs::path& runs, const std::string& id, const std::string& shown) {
  const runner::RunPaths paths(runs, id);
  const std::optional<reports::RunRecord> record = runner::ReadRunRecord(paths);
  if (!record) {
    return shown.empty() ? "" : "there is no record of what was shown";
  }
  if (record->state != reports::RunState::kFinished) {
    return "the run isn't said to have ended";
  }
  std::set<std::string> passed;
  for (const reports::StepRecord& step : record->steps) {
    if (step.outcome == pipeline::Outcome::kPassed) {
      passed.insert(step.name);
    }
  }
  if (passed.contains("lines") && LoggedLines(paths, "lines").count("line 300") == 0) {
    return "a step passed whose output isn't there";
  }
  if (record->outcome == pipeline::Outcome::kPassed && passed.size() != record->steps.size()) {
    return "the run passed although not all of its steps did";
  }
  std::map<std::string, std::multiset<std::string>> logs;
  std::istringstream lines(shown.substr(0, shown.rfind('\n') + 1));
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("=== ") && line.find(" passed in ") != std::string::npos) {
      const std::string step = line.substr(4, line.find(' ', 4) - 4);
      if (!passed.contains(step)) {
        return "was shown to have passed, and isn't kept so: " + step;
      }
    } else if (line.starts_with("[")) {
      const size_t end = line.find("] ");
      const std::string step = line.substr(1, end - 1);
      if (!logs.contains(step)) {
        logs[step] = LoggedLines(paths, step);
      }
      const auto found = logs[step].find(line.substr(end + 2));
      if (found == logs[step].end()) {
        return "was shown, and isn't in the log: " + line;
      }
      logs[step].erase(found);
    }
  }
  return "";
}

bool AllEmpty(const runtime::base::StateDir& state) {
  return std::ranges::all_of(std::vector<fs::path>{state.containers(), state.tmp(), state.mounts()},
                             [](const fs::path& path) { return fs::is_empty(path); });
}

}  // namespace

bool KillPipelinesAtRandom(int rounds) {
  ScratchHost scratch;
  const GitRepository repository(scratch.state().root().parent_path() / "repository");
  repository.Write(".runner.yml", kPipeline);
  repository.Commit("A pipeline");
  const std::vector<std::string> command = {scratch.program(), "exec", repository.path()};
  const auto run_to_end = [&] { return RunQuietly(command) == 0; };

  if (!run_to_end()) {
    std::printf("the pipeline doesn't pass even when nothing is killed\n");
    return false;
  }
  const auto begin = Clock::now();
  run_to_end();
  const auto whole = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - begin);

  std::mt19937 random(static_cast<unsigned>(rounds));
  int survived = 0;
  int wrong = 0;
  for (int round = 0; round < rounds; ++round) {
    RunTraces traces(scratch.state().root());
    const std::optional<std::string> before = NewestRun(scratch.state().runs());
    ChildProgram run(command, {});
    AwaitEnd(run.pid(), std::chrono::microseconds(random() % static_cast<unsigned>(whole.count())));
    traces.Note();
    ::kill(PipelineVictim(run.pid(), random()), SIGKILL);
    survived += run.Wait() == 0 ? 1 : 0;
    const bool gone = WaitUntil([&] { return traces.Left().empty(); }, std::chrono::seconds(5));
    const std::optional<std::string> id = NewestRun(scratch.state().runs());
    const std::string fault = !gone          ? traces.Left().front() + " is left"
                              : id == before ? ""
                                             : WhatIsWrong(scratch.state().runs(), *id, run.out());
    if (!fault.empty()) {
      ++wrong;
      std::printf("round %d: %s\n", round, fault.c_str());
    }
  }
  const bool works = run_to_end();
  const bool clean = WaitUntil([&] { return AllEmpty(scratch.state()); }, std::chrono::seconds(5));
  std::printf(
      "%d runs of %.0f ms, a process killed in each; %d passed all the same, %d were wrong\n",
      rounds, static_cast<double>(whole.count()) / 1000, survived, wrong);
  std::printf("%s; the next run %s\n", clean ? "nothing is left" : "SOMETHING IS LEFT",
              works ? "passes" : "FAILS");
  return wrong == 0 && clean && works;
}

}  // namespace tests
