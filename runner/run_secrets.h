// RunSecrets: the secrets that one run may give to its steps.
#pragma once

#include <map>
#include <mutex>
#include <string>

#include "runner/masker.h"

namespace runner {

// Thread-safe. A value is read when a step first asks for it, the same for all steps of the run,
// and masked from then on.
class RunSecrets {
 public:
  // `references`: name to where it is (secret_reference.h). `masker` outlives the object.
  RunSecrets(std::map<std::string, std::string> references, Masker& masker)
      : references_(std::move(references)), masker_(masker) {}

  // Byte by byte. Throws Error, which never says the value: nobody gave one of that name, it can't
  // be read, or it is too short to be masked.
  std::string Read(const std::string& name);

 private:
  const std::map<std::string, std::string> references_;
  Masker& masker_;
  std::mutex mutex_;
  std::map<std::string, std::string> values_;
};

}  // namespace runner
