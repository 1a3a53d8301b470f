// GzipWriter: one gzip member (RFC 1952) without name, time or system in its header.
#pragma once

#include <functional>
#include <memory>
#include <string_view>

namespace runtime::layer {

using ByteSink = std::function<void(std::string_view data)>;

// The fast level of ISA-L. Equal data in equal parts gives equal bytes on one kind of processor;
// another kind may choose other matches, which is why a layer's identity is its diffID.
class GzipWriter {
 public:
  explicit GzipWriter(ByteSink sink);
  ~GzipWriter();
  void Write(std::string_view data);
  // The last call.
  void Finish();

 private:
  struct State;
  void Deflate(std::string_view data, bool last);
  std::unique_ptr<State> state_;
};

}  // namespace runtime::layer
