#include "runtime/base/digest.h"

#include <nettle/sha2.h>

#include <algorithm>
#include <array>
#include <cstdint>

namespace runtime::base {

std::string ToHex(std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string hex;
  hex.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    hex += kDigits[byte >> 4];
    hex += kDigits[byte & 15];
  }
  return hex;
}

std::optional<Digest> Digest::Parse(std::string_view text) {
  static constexpr std::string_view kPrefix = "sha256:";
  if (!text.starts_with(kPrefix)) {
    return std::nullopt;
  }
  text.remove_prefix(kPrefix.size());
  const auto is_hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  if (text.size() != 64 || !std::all_of(text.begin(), text.end(), is_hex)) {
    return std::nullopt;
  }
  return Digest(std::string(text));
}

Digest Digest::Of(std::string_view data) {
  Sha256 hash;
  hash.Update(data);
  return hash.Finish();
}

// Nettle's, since it needs no set-up: the start of a container checks two digests.
struct Sha256::State {
  sha256_ctx context;
};

Sha256::Sha256() : state_(std::make_unique<State>()) { sha256_init(&state_->context); }
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;
Sha256::~Sha256() = default;

void Sha256::Update(std::string_view data) {
  sha256_update(&state_->context, data.size(), reinterpret_cast<const uint8_t*>(data.data()));
}

Digest Sha256::Finish() {
  std::array<uint8_t, SHA256_DIGEST_SIZE> bytes;
  sha256_digest(&state_->context, bytes.size(), bytes.data());
  return Digest(ToHex({reinterpret_cast<const char*>(bytes.data()), bytes.size()}));
}

}  // namespace runtime::base
