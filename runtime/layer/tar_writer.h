// TarWriter: an archive of entries (libarchive does the format).
//
// ustar, with a pax extended header only where an entry needs one; whole seconds, numeric owners.
// Equal entries give equal bytes.
#pragma once

#include <memory>
#include <string_view>

#include "runtime/layer/gzip.h"
#include "runtime/layer/tar_entry.h"

namespace runtime::layer {

class TarWriter {
 public:
  explicit TarWriter(ByteSink sink);
  ~TarWriter();

  // A file's content follows by Write(), exactly entry.size bytes. Throws Error; what the sink
  // throws passes through.
  void Add(const TarEntry& entry);
  void Write(std::string_view data);

  // The end marker. The last call.
  void Finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace runtime::layer
