// Orders to a network's helper: whatever is read is written and read again as the same.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "runtime/network/helper_order.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using runtime::network::DecodeHelperOrder;
  const auto order = DecodeHelperOrder({reinterpret_cast<const char*>(data), size});
  if (order && DecodeHelperOrder(Encode(*order)) != order) {
    std::abort();
  }
  return 0;
}
