// Inside: the files of a container that runs, with its volumes and whatever else is mounted there,
// for code of ours that must not do more than the container itself could.
//
// The container's own processes may swap anything for anything meanwhile (CVE-2018-15664): so what
// is reached is reached by descriptor, through base/beneath.h, and by a process that has the rights
// of the container's root and no others. No program or library of the container is run or loaded
// for that (CVE-2019-14271).
#pragma once

#include <sys/types.h>

#include <functional>

#include "runtime/base/error.h"
#include "runtime/base/fd.h"

namespace runtime::container {

struct Inside {
  base::UniqueFd root;  // O_PATH
  base::UniqueFd user_namespace;
};

// Of a container whose PID 1 is a child of the caller. Throws Error.
Inside OpenInside(pid_t init);

// A process of ours that is root of the container's user namespace. It stays in our PID namespace,
// so that nobody inside sees it, and in our mount namespace, where it has no rights.
class InsideProcess {
 public:
  // Runs `act` with a descriptor of the container's root. To be called by a process that has one
  // thread; the child has copies of all descriptors. Throws Error.
  InsideProcess(const Inside& inside, const std::function<void(int root)>& act);
  InsideProcess(const InsideProcess&) = delete;
  InsideProcess& operator=(const InsideProcess&) = delete;
  ~InsideProcess();  // Kills it.

  // Until its end. Throws the Error that `act` threw.
  void Wait();

 private:
  pid_t process_ = -1;
  base::UniqueFd report_;
};

}  // namespace runtime::container
