// runner-git: the only program of the git container (protocol.h says what it speaks).
//
// It finds: /mirror, the mirror cache (read and write); /out and /history, where the checkout and
// its `.git` go; /source and /git, a local repository (read-only); /root, an empty writable
// directory; and the CA certificates. Exit code 0, or 1 after an error that it has told.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>

#include "runtime/base/files.h"
#include "runtime/base/terminal_text.h"
#include "runtime/git/helper/checkout_job.h"
#include "runtime/git/helper/git_library.h"
#include "runtime/git/helper/lfs_fetch.h"

namespace runtime::git {
namespace {

constexpr char kHome[] = "/root";

// One line of standard input; empty at its end.
std::string ReadLine() {
  std::string line;
  char c = 0;
  std::string buffer(4096, '\0');
  while (line.size() < kMaxLine) {
    const ssize_t count = ::read(STDIN_FILENO, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) {
      continue;
    }
    if (count <= 0) {
      break;
    }
    line.append(buffer, 0, static_cast<size_t>(count));
    c = line.back();
    // The other side waits for our answer after each line, so nothing follows the newline.
    if (c == '\n') {
      line.pop_back();
      break;
    }
  }
  return line;
}

void Say(const std::string& line) { base::WriteAll(STDOUT_FILENO, line + "\n", "standard output"); }

void Progress(std::string_view line) {
  base::WriteAll(STDERR_FILENO, std::string(line) + "\n", "standard error");
}

void WriteKnownHosts(const std::string& known_hosts) {
  const std::string directory = std::string(kHome) + "/.ssh";
  base::MakeDirectories(directory);
  const base::UniqueFd file =
      base::OpenFile(directory + "/known_hosts", O_WRONLY | O_CREAT | O_TRUNC);
  base::WriteAll(file.get(), known_hosts, "known_hosts");
}

void Serve() {
  const HelperRequest request = DecodeRequest(ReadLine());
  if (!request.credential.known_hosts.empty()) {
    WriteKnownHosts(request.credential.known_hosts);
  }
  const GitLibrary library(kHome);
  if (request.lfs) {
    Say(EncodeObjects(BringLfsObjects(request, "/out", &Progress)));
    return;
  }
  CheckoutJob job(request, "/mirror", &Progress);
  Say(EncodeResolution(job.Resolve()));
  for (std::string answer = ReadLine();; answer = ReadLine()) {
    if (answer == kAnswerWrite) {
      Say(EncodeWritten(job.Write("/out")));
    } else if (answer == kAnswerHistory) {
      Say(EncodeWritten({.size = {}, .left_out = !job.WriteHistory("/history")}));
    } else {
      if (answer == kAnswerChanged) {
        for (const std::string& line : EncodeChanged(job.Changed())) {
          Say(line);
        }
      }
      return;
    }
  }
}

}  // namespace
}  // namespace runtime::git

int main() {
  ::umask(022);
  try {
    runtime::git::Serve();
    return 0;
  } catch (const runtime::base::Error& e) {
    runtime::git::Say(runtime::git::EncodeError(e));
  } catch (const std::exception& e) {
    runtime::git::Say(runtime::git::EncodeError(
        runtime::base::Error(runtime::base::ErrorKind::kInternal, e.what())));
  }
  return 1;
}
