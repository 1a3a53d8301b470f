// Netlink: requests to the kernel's routing tables and devices (rtnetlink(7)), one after the other,
// each with its answer awaited.
#pragma once

#include <linux/netlink.h>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "runtime/base/fd.h"

namespace runtime::network {

// A message under construction: a header of the family's own, then attributes, which may nest.
class NetlinkMessage {
 public:
  // `flags` beside NLM_F_REQUEST and NLM_F_ACK.
  NetlinkMessage(uint16_t type, uint16_t flags);

  template <typename Header>
  void PutHeader(const Header& header) {
    Append(&header, sizeof header);
  }
  void Put(uint16_t attribute, std::span<const uint8_t> value);
  void Put(uint16_t attribute, uint32_t value);
  void Put(uint16_t attribute, std::string_view text);  // with its end, a NUL
  // What is put until End() is inside of this attribute. Answers where it begins.
  size_t Begin(uint16_t attribute);
  void End(size_t begin);

  // The message as it is sent.
  std::string_view Finish(uint32_t sequence);

 private:
  void Append(const void* data, size_t size);

  std::string bytes_;
};

// For one thread at a time.
class NetlinkSocket {
 public:
  // Of the network namespace that the calling thread is in now. Throws Error.
  NetlinkSocket();

  // Waits for the kernel's answer. 0, or the errno that the request failed with. Throws Error when
  // there is no answer.
  int Request(NetlinkMessage& message);

 private:
  base::UniqueFd fd_;
  uint32_t sequence_ = 0;
};

}  // namespace runtime::network
