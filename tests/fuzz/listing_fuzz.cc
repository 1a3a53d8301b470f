// Any bytes as the listing of a layer: what is read is bounded, and the same as itself.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "runtime/base/error.h"
#include "runtime/layer/listing.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using runtime::layer::ListedEntry;
  std::vector<ListedEntry> entries;
  try {
    entries = runtime::layer::ReadListing({reinterpret_cast<const char*>(data), size});
  } catch (const runtime::base::Error&) {
    return 0;
  }
  if (entries.size() > runtime::layer::kMaxListedEntries ||
      !runtime::layer::CompareListings(entries, entries).empty()) {
    std::abort();
  }
  return 0;
}
