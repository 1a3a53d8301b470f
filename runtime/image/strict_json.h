// JSON of strangers, read so that no two readers can disagree about it.
//
// RFC 8259 leaves open what a reader does with duplicate keys, and common readers fold the case of
// keys; both let one document mean two things (CVE-2021-41190 and its kin). Here they are errors.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace runtime::image {

struct JsonLimits {
  size_t max_bytes = 4u << 20;  // OCI distribution specification 1.1, "Pushing Manifests"
  size_t max_depth = 32;
  size_t max_values = 200'000;
};

// Throws Error (kInvalid, "WHAT: reason").
[[noreturn]] void RefuseDocument(std::string_view what, const std::string& reason);

// Refuses with Error (kInvalid, "WHAT: reason"): text beyond a limit, duplicate keys, invalid
// UTF-8, a byte order mark, NUL in any string, anything after the value.
nlohmann::json ParseStrictJson(std::string_view text, std::string_view what,
                               const JsonLimits& limits = {});

// The member `key` of an object, or null when it is absent or null. Throws Error (kInvalid) when
// `object` is no object or has a key that differs from `key` only by case.
const nlohmann::json* Member(const nlohmann::json& object, std::string_view key,
                             std::string_view what);

// Members of one type; absent yields the empty value. Throw Error (kInvalid) on another type.
std::string StringMember(const nlohmann::json& object, std::string_view key, std::string_view what);
std::vector<std::string> StringsMember(const nlohmann::json& object, std::string_view key,
                                       std::string_view what);
// At most 2^62, so that sums of a few don't overflow.
uint64_t SizeMember(const nlohmann::json& object, std::string_view key, std::string_view what);

}  // namespace runtime::image
