// HelperProcess: a process of the program runner-network, which serves one network as a user that
// nobody is (NetworkUser()), without any capability. It ends with this object; when our process
// dies first, however it dies, by the end of its socket.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

#include "runtime/base/fd.h"

namespace runtime::network {

struct HelperOptions {
  std::filesystem::path program;
  std::vector<std::string> arguments;
  int network = -1;  // namespace that it runs in; -1: the host's
  // Beside its socket, which is kHelperControl: found from the number behind that on.
  std::vector<int> descriptors;
  // It is PID 1 of a PID namespace, so that what it starts ends with it, and /dev/net/tun is open
  // to it whatever the host's rights on that are.
  bool starts_others = false;
};

class HelperProcess {
 public:
  // Throws Error.
  explicit HelperProcess(const HelperOptions& options);
  HelperProcess(const HelperProcess&) = delete;
  HelperProcess& operator=(const HelperProcess&) = delete;
  ~HelperProcess();

  // Returns when the program says that it serves, with the descriptors that it sends along. Throws
  // Error with the reason why it can't.
  std::vector<base::UniqueFd> AwaitStart() const;

  // Our side of the socket.
  int socket() const { return socket_.get(); }

 private:
  base::UniqueFd socket_;
  pid_t pid_ = -1;
};

}  // namespace runtime::network
