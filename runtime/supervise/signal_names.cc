#include "runtime/supervise/signal_names.h"

#include <csignal>

namespace runtime::supervise {
namespace {

struct NumberName {
  int number;
  const char* name;
};

// signal(7).
constexpr NumberName kNames[] = {
    {SIGHUP, "HUP"},       {SIGINT, "INT"},     {SIGQUIT, "QUIT"}, {SIGILL, "ILL"},
    {SIGTRAP, "TRAP"},     {SIGABRT, "ABRT"},   {SIGBUS, "BUS"},   {SIGFPE, "FPE"},
    {SIGKILL, "KILL"},     {SIGUSR1, "USR1"},   {SIGSEGV, "SEGV"}, {SIGUSR2, "USR2"},
    {SIGPIPE, "PIPE"},     {SIGALRM, "ALRM"},   {SIGTERM, "TERM"}, {SIGCHLD, "CHLD"},
    {SIGCONT, "CONT"},     {SIGSTOP, "STOP"},   {SIGTSTP, "TSTP"}, {SIGTTIN, "TTIN"},
    {SIGTTOU, "TTOU"},     {SIGURG, "URG"},     {SIGXCPU, "XCPU"}, {SIGXFSZ, "XFSZ"},
    {SIGVTALRM, "VTALRM"}, {SIGPROF, "PROF"},   {SIGIO, "IO"},     {SIGPWR, "PWR"},
    {SIGSYS, "SYS"},       {SIGWINCH, "WINCH"},
};
constexpr int kLast = 64;

// 0 when it isn't a number of a signal.
int ParseNumber(std::string_view text) {
  int number = 0;
  for (const char c : text) {
    if (c < '0' || c > '9' || number > kLast) {
      return 0;
    }
    number = number * 10 + (c - '0');
  }
  return number <= kLast ? number : 0;
}

}  // namespace

int SignalNumber(std::string_view text) {
  if (text.starts_with("SIG")) {
    text.remove_prefix(3);
  }
  for (const NumberName& entry : kNames) {
    if (text == entry.name) {
      return entry.number;
    }
  }
  return ParseNumber(text);
}

Line SignalName(int signal) {
  Line name;
  for (const NumberName& entry : kNames) {
    if (entry.number == signal) {
      return name << "SIG" << entry.name;
    }
  }
  return name << "signal " << signal;
}

}  // namespace runtime::supervise
