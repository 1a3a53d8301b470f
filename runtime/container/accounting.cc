#include "runtime/container/accounting.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>

#include "runtime/base/fd.h"
#include "runtime/base/terminal_text.h"

namespace runtime::container {
namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;

milliseconds ToMilliseconds(const timeval& time) {
  return std::chrono::seconds(time.tv_sec) +
         duration_cast<milliseconds>(std::chrono::microseconds(time.tv_usec));
}

// The number behind "KEY: ".
uint64_t Field(const std::string& text, const std::string& key) {
  const size_t at = text.find(key + ": ");
  uint64_t value = 0;
  if (at != std::string::npos) {
    std::from_chars(text.data() + at + key.size() + 2, text.data() + text.size(), value);
  }
  return value;
}

}  // namespace

void AddIo(pid_t init, Usage& usage) {
  // proc_pid_io(5); a kernel without CONFIG_TASK_IO_ACCOUNTING has no such file, and without root
  // it isn't ours to read.
  const std::string path = "/proc/" + std::to_string(init) + "/io";
  const base::UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::array<char, 1024> buffer;
  const ssize_t n = file ? ::read(file.get(), buffer.data(), buffer.size()) : 0;
  const std::string text(buffer.data(), n > 0 ? static_cast<size_t>(n) : 0);
  usage.read_bytes = Field(text, "read_bytes");
  usage.written_bytes = Field(text, "write_bytes");
}

void AddPeaks(const Cgroup& cgroup, Usage& usage) {
  usage.peak_memory_bytes = cgroup.PeakMemory();
  usage.peak_processes = cgroup.PeakProcesses();
}

void AddTimes(const Cgroup& cgroup, const rusage& total, Usage& usage) {
  usage.user = ToMilliseconds(total.ru_utime);
  usage.system = ToMilliseconds(total.ru_stime);
  if (const std::optional<Cgroup::CpuTime> used = cgroup.UsedCpu()) {
    usage.user = duration_cast<milliseconds>(used->user);
    usage.system = duration_cast<milliseconds>(used->system);
  }
}

std::string OutOfMemoryProcess(const std::string& id) {
  const base::UniqueFd log(::open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  std::array<char, 8192> record;  // one at each read (Documentation/ABI/testing/dev-kmsg)
  std::string found;
  while (log) {
    const ssize_t n = ::read(log.get(), record.data(), record.size());
    if (n < 0 && (errno == EPIPE || errno == EINTR)) {
      continue;  // EPIPE: records were overwritten before we came to them.
    }
    if (n <= 0) {
      break;
    }
    const std::string name = OutOfMemoryProcess(id, {record.data(), static_cast<size_t>(n)});
    found = name.empty() ? found : name;
  }
  return found;
}

std::string OutOfMemoryProcess(const std::string& id, std::string_view log) {
  // "oom-kill:constraint=CONSTRAINT_MEMCG,...,task_memcg=/runner/ID,task=NAME,pid=N,uid=N". A
  // process chooses its name, of at most 15 bytes.
  const std::string group = "/" + id + ",task=";
  const size_t begin =
      log.find("oom-kill:") == std::string_view::npos ? std::string_view::npos : log.rfind(group);
  if (begin == std::string_view::npos) {
    return {};
  }
  const std::string_view rest = log.substr(begin + group.size());
  const std::string_view name = rest.substr(0, rest.rfind(",pid="));
  return base::ForMessage(name.substr(0, 64));
}

}  // namespace runtime::container
