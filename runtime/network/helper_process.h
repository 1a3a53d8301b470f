// HelperProcess: a process of the program runner-network, which serves one network as a user that
// nobody is (kNetworkUser), without any capability. It ends with this object; when our process dies
// first, however it dies, by the end of its socket.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

#include "runtime/base/fd.h"

namespace runtime::network {

class HelperProcess {
 public:
  // `arguments` of the program; nothing is inherited but its socket. It runs in that network
  // namespace. Throws Error.
  HelperProcess(const std::filesystem::path& program, const std::vector<std::string>& arguments,
                int network);
  HelperProcess(const HelperProcess&) = delete;
  HelperProcess& operator=(const HelperProcess&) = delete;
  ~HelperProcess();

  // Returns when the program has begun. Throws Error when it can't.
  void AwaitStart() const;

  // Our side of the socket.
  int socket() const { return socket_.get(); }

 private:
  base::UniqueFd socket_;
  pid_t pid_ = -1;
};

}  // namespace runtime::network
