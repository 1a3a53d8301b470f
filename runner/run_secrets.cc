#include "runner/run_secrets.h"

#include <sys/resource.h>

#include <algorithm>

#include "runner/secret_reference.h"
#include "runtime/base/error.h"
#include "runtime/base/terminal_text.h"

namespace runner {
namespace {

// What this process knows is in no file when it crashes. 1 and not 0: for a core file that is piped
// to a program (core(5)) this is the one value that counts.
void WriteNoCoreFiles() {
  rlimit limit = {};
  ::getrlimit(RLIMIT_CORE, &limit);
  limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, 1);
  ::setrlimit(RLIMIT_CORE, &limit);
}

}  // namespace

std::string RunSecrets::Read(const std::string& name) {
  const std::lock_guard lock(mutex_);
  if (const auto known = values_.find(name); known != values_.end()) {
    return known->second;
  }
  const auto reference = references_.find(name);
  if (reference == references_.end()) {
    const std::string shown = runtime::base::ForMessage(name);
    throw runtime::base::Error(runtime::base::ErrorKind::kNotFound,
                               "secret " + shown +
                                   " wasn't given to this run: runner exec takes --secret " +
                                   shown + "=@FILE, the server `secrets` of the repository");
  }
  WriteNoCoreFiles();
  std::string value = ReadSecret(reference->second);
  masker_.Add(value, "secret " + name);
  return values_[name] = std::move(value);
}

}  // namespace runner
