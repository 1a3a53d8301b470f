// Unpack on any bytes: no crash, no hang, nothing outside the layer's directory.
#include <cstdlib>
#include <cstring>

#include "tests/unit/layer/scratch.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace runtime::layer;
  UnpackLimits limits;
  limits.max_bytes = 1 << 20;
  limits.max_entries = 200;
  limits.paths.max_depth = 32;
  const Scratch scratch;
  scratch.Refusal(std::string(reinterpret_cast<const char*>(data), size), limits);
  if (!scratch.OutsideIsUntouched()) {
    std::abort();
  }
  return 0;
}
