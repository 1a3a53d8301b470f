// runner container exec: one more program in a container that runs.
#include <fcntl.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string_view>
#include <utility>

#include "runner/cli.h"
#include "runner/container_control.h"
#include "runner/env_file.h"
#include "runner/output_relay.h"
#include "runner/signal_relay.h"
#include "runner/terminal_relay.h"
#include "runner/verbs/container_verbs.h"
#include "runtime/base/error.h"
#include "runtime/base/files.h"
#include "runtime/base/terminal_text.h"
#include "runtime/container/exit_status.h"
#include "runtime/container/init/record.h"
#include "runtime/container/init_record.h"
#include "runtime/container/launch.h"
#include "runtime/container/pass_fd.h"
#include "runtime/container/user.h"

namespace runner {
namespace {

namespace base = runtime::base;
namespace container = runtime::container;
namespace lifecycle = runtime::lifecycle;
using base::Error;
using base::ErrorKind;
using base::UniqueFd;
using lifecycle::Order;
using lifecycle::Store;

struct ExecOptions {
  std::string container;
  std::vector<std::string> argv;
  bool detach = false;
  bool interactive = false;
  bool terminal = false;
  std::vector<std::string> env;
  std::vector<std::string> env_files;
  std::optional<std::string> user;
  std::string workdir;
};

std::string_view NameOf(std::string_view variable) {
  return variable.substr(0, variable.find('='));
}

void SetVariable(std::vector<std::string>& env, const std::string& entry) {
  std::erase_if(env, [&](const std::string& other) { return NameOf(other) == NameOf(entry); });
  if (entry.find('=') != std::string::npos) {
    env.push_back(entry);
  }
}

// The user by name is one of the container's files as they are now.
void TakeUser(const std::string& text, const Store& store, const lifecycle::Config& config,
              container::ContainerSpec& spec) {
  if (text.empty()) {  // It would mean root.
    throw Error(ErrorKind::kUsage, "--user: expected a name or number of the container");
  }
  const container::Account account = container::ResolveUserIn(text, store.Rootfs(config));
  container::RequireMapped(account.user, container::IdMap::OfThisProcess());
  spec.user = account.user;
  SetVariable(spec.env, "HOME=" + account.home);
}

// What the program is: the container's own, but for what the options say.
container::ContainerSpec SpecOf(const ExecOptions& options, const Store& store,
                                const lifecycle::Config& config) {
  container::ContainerSpec spec = config.spec;
  spec.argv = options.argv;
  spec.terminal = options.terminal;
  if (options.user) {
    TakeUser(*options.user, store, config, spec);
  }
  if (options.terminal) {
    SetVariable(spec.env, "TERM=xterm");
  }
  for (const std::string& file : options.env_files) {
    for (const std::string& entry : ReadEnvFile(file)) {
      SetVariable(spec.env, entry);
    }
  }
  for (const std::string& entry : options.env) {
    const char* ours = std::getenv(entry.c_str());  // Nothing for "NAME=VALUE".
    SetVariable(spec.env, ours != nullptr ? entry + "=" + ours : entry);
  }
  if (!options.workdir.empty()) {
    if (options.workdir.front() != '/') {
      throw Error(ErrorKind::kUsage,
                  "--workdir " + base::ForMessage(options.workdir) + ": expected an absolute path");
    }
    spec.cwd = options.workdir;
  }
  return spec;
}

// What the supervisor tells of the program.
class Reports {
 public:
  Reports(int monitor, UniqueFd reports, std::string program)
      : monitor_(monitor), reports_(std::move(reports)), program_(std::move(program)) {}

  // Until the program's end, or with `detached` until it runs: the exit code. Signals that come
  // meanwhile are passed on. Throws Error.
  int Await(bool detached);

 private:
  void PassSignal();

  int monitor_;
  UniqueFd reports_;
  std::string program_;
  UniqueFd signals_;
};

int Reports::Await(bool detached) {
  const sigset_t set = BlockedSignals::Set();
  signals_.Reset(::signalfd(-1, &set, SFD_CLOEXEC));
  while (true) {
    pollfd events[] = {{reports_.get(), POLLIN, 0}, {signals_.get(), POLLIN, 0}};
    if (::poll(events, 2, -1) < 0 && errno != EINTR) {
      throw Error::FromErrno("wait for the program");
    }
    if (events[1].revents != 0) {
      PassSignal();
    }
    if (events[0].revents == 0) {
      continue;
    }
    container::InitReport report;
    if (::read(reports_.get(), &report, sizeof report) != static_cast<ssize_t>(sizeof report)) {
      return 128 + SIGKILL;  // It went with its container.
    }
    switch (report.event) {
      case container::InitEvent::kSetupFailed:
        throw container::SetupError(report);
      case container::InitEvent::kNotStarted: {
        const container::NotStarted failure = container::NotStartedBy(report.number, program_);
        std::fprintf(stderr, "runner: %s\n", base::ForMessage(failure.reason).c_str());
        return failure.code;
      }
      case container::InitEvent::kStarted:
        if (detached) {
          return kExitPassed;
        }
        break;
      case container::InitEvent::kEnded:
        return container::ExitCode(container::StatusOf(report.number));
    }
  }
}

void Reports::PassSignal() {
  signalfd_siginfo info;
  if (::read(signals_.get(), &info, sizeof info) == static_cast<ssize_t>(sizeof info)) {
    lifecycle::Ask(monitor_,
                   {.order = Order::kSignalJoined, .number = static_cast<int32_t>(info.ssi_signo)});
  }
}

int RunAtTerminal(const ExecOptions& options, const container::ContainerSpec& spec, int monitor,
                  int record, base::Pipe reports) {
  lifecycle::Connection channel = lifecycle::MakeConnection();
  const int files[] = {record, reports.write.get(), channel.theirs.get()};
  lifecycle::Call(monitor,
                  {.order = Order::kJoin,
                   .number = lifecycle::kJoinTerminal,
                   .uid = spec.user.uid,
                   .gid = spec.user.gid},
                  files);
  channel.theirs.Reset();
  reports.write.Reset();
  const UniqueFd master(container::ReceiveFd(channel.ours.get()));
  std::optional<TerminalRelay> relay;
  if (master) {
    relay.emplace(master.get(), options.interactive);
  }
  return Reports(monitor, std::move(reports.read), spec.argv.front()).Await(false);
}

int RunWithStreams(const ExecOptions& options, const container::ContainerSpec& spec, int monitor,
                   int record, base::Pipe reports) {
  const UniqueFd null = base::OpenFile("/dev/null", O_RDWR);
  // A terminal of ours is never the program's.
  OutputRelay out(STDOUT_FILENO, !options.detach);
  OutputRelay err(STDERR_FILENO, !options.detach);
  const int files[] = {record, reports.write.get(), options.interactive ? STDIN_FILENO : null.get(),
                       options.detach ? null.get() : out.fd(),
                       options.detach ? null.get() : err.fd()};
  lifecycle::Call(monitor,
                  {.order = Order::kJoin, .number = options.detach ? lifecycle::kJoinDetached : 0},
                  files);
  reports.write.Reset();
  out.Begin();
  err.Begin();
  return Reports(monitor, std::move(reports.read), spec.argv.front()).Await(options.detach);
}

int Exec(const ExecOptions& options, const Globals& globals) {
  const Store store{OpenState(globals.root)};
  const lifecycle::Kept kept = store.Get(options.container);
  const UniqueFd monitor = ConnectToRunning(store, kept.config.id);
  const container::ContainerSpec spec = SpecOf(options, store, kept.config);
  const UniqueFd record = container::MakeInitRecord(spec, container::IdMap::OfThisProcess(),
                                                    container::InitRole::kJoined);
  const BlockedSignals signals;  // From here on they are the program's.
  base::Pipe reports = base::MakePipe();
  return options.terminal && !options.detach
             ? RunAtTerminal(options, spec, monitor.get(), record.get(), std::move(reports))
             : RunWithStreams(options, spec, monitor.get(), record.get(), std::move(reports));
}

}  // namespace

int ContainerExecMain(std::vector<std::string> args) {
  ExecOptions options;
  std::string user;
  CLI::App* parser = nullptr;
  return RunVerb(
      "container exec", "Runs one more program in a container that runs", std::move(args),
      [&](CLI::App& app) {
        parser = &app;
        app.prefix_command();
        app.footer(
            "Usage: runner container exec [OPTIONS] CONTAINER COMMAND [ARGUMENT...]\n\n"
            "The command has the rights and limits of the container's own, and ends with ours.");
        app.add_flag("-d,--detach", options.detach, "Leave it running, without our streams");
        app.add_flag("-i,--interactive", options.interactive, "Give it our standard input");
        app.add_flag("-t,--tty", options.terminal, "Give it a terminal");
        app.add_option("-e,--env", options.env, "NAME=VALUE, or NAME to pass ours on")
            ->allow_extra_args(false);
        app.add_option("--env-file", options.env_files, "File of NAME=VALUE lines; --env wins")
            ->allow_extra_args(false);
        app.add_option("-u,--user", user, "User name or number, with an optional :group");
        app.add_option("-w,--workdir", options.workdir, "Working directory inside");
      },
      [&](const Globals& globals) {
        const std::vector<std::string> rest = parser->remaining();
        if (rest.size() < 2 || rest.front().starts_with("-")) {
          throw Error(ErrorKind::kUsage,
                      "usage: runner container exec [OPTIONS] CONTAINER COMMAND [ARGUMENT...]");
        }
        options.container = rest.front();
        options.argv.assign(rest.begin() + 1, rest.end());
        if (parser->count("--user") > 0) {
          options.user = user;
        }
        return Exec(options, globals);
      },
      kContainerFailureCodes);
}

}  // namespace runner
