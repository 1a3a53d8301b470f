// SHA-256 digests as OCI writes them: "sha256:" and 64 lower-case hex digits
// (OCI image specification, descriptor.md "Digests").
#pragma once

#include <compare>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace runtime::base {

class Digest {
 public:
  // Refuses everything but the exact form, so that a digest is safe as a file name.
  static std::optional<Digest> Parse(std::string_view text);
  static Digest Of(std::string_view data);

  const std::string& hex() const { return hex_; }
  std::string ToString() const { return "sha256:" + hex_; }
  auto operator<=>(const Digest&) const = default;

 private:
  friend class Sha256;
  explicit Digest(std::string hex) : hex_(std::move(hex)) {}
  std::string hex_;
};

// Hashes a stream. One thread at a time.
class Sha256 {
 public:
  Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;
  ~Sha256();
  void Update(std::string_view data);
  // The digest of all that was given; the object is spent.
  Digest Finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Lower-case hex.
std::string ToHex(std::string_view bytes);

}  // namespace runtime::base
