// TarReader: the entries of a tar stream, one after the other (libarchive does the format).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

#include "runtime/layer/tar_entry.h"

namespace runtime::layer {

class TarReader {
 public:
  // `source` gives the next bytes of the archive, valid until the next call; empty at the end.
  explicit TarReader(std::function<std::string_view()> source);
  ~TarReader();

  // False at the end of the archive. Throws Error (kInvalid) when it is damaged; what `source`
  // throws passes through.
  bool Next(TarEntry& entry);

  // The next part of the current entry's content; false at its end. Parts come in order of offset
  // and don't overlap; what lies between two of them is zeros.
  struct Block {
    uint64_t offset = 0;
    std::string_view data;
  };
  bool NextBlock(Block& block);

  // How much of the stream was used so far; at the end: up to and with the end marker.
  uint64_t position() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace runtime::layer
