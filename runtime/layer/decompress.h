// Decompressor: the uncompressed bytes of a layer blob.
//
// gzip (RFC 1952, any number of members), zstd (RFC 8878, any number of frames, skippable ones too)
// or nothing, told apart by their first bytes (OCI image specification, layer.md).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

namespace runtime::layer {

// Fills `buffer` with up to `size` bytes; 0 at the end. Throws Error.
using ByteSource = std::function<size_t(char* buffer, size_t size)>;

// Reads a descriptor from its current offset. Doesn't own it.
ByteSource FromDescriptor(int fd);

// One thread at a time. Throws Error (kInvalid) on damaged, truncated or trailing data.
class Decompressor {
 public:
  virtual ~Decompressor() = default;
  // The next bytes, valid until the next call; empty at the end of the stream.
  virtual std::string_view Next() = 0;
  // Compressed bytes taken from the source so far.
  virtual uint64_t consumed() const = 0;
};

std::unique_ptr<Decompressor> MakeDecompressor(ByteSource source);

}  // namespace runtime::layer
