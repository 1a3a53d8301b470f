#include "runtime/supervise/signal_names.h"

#include <signal.h>

namespace runtime::supervise {
namespace {

struct Entry {
  int number;
  const char* name;
};

// signal(7).
constexpr Entry kNames[] = {
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
int ParseNumber(Slice text) {
  int number = 0;
  for (size_t i = 0; i < text.size; ++i) {
    const char c = text.data[i];
    if (c < '0' || c > '9' || number > kLast) {
      return 0;
    }
    number = number * 10 + (c - '0');
  }
  return number <= kLast ? number : 0;
}

}  // namespace

int SignalNumber(Slice text) {
  if (text.size > 3 && ::strncmp(text.data, "SIG", 3) == 0) {
    text = {text.data + 3, text.size - 3};
  }
  for (const Entry& entry : kNames) {
    if (text == entry.name) {
      return entry.number;
    }
  }
  return ParseNumber(text);
}

Line SignalName(int signal) {
  Line name;
  for (const Entry& entry : kNames) {
    if (entry.number == signal) {
      return name << "SIG" << entry.name;
    }
  }
  return name << "signal " << signal;
}

}  // namespace runtime::supervise
