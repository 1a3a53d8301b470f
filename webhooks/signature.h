// The signature of a delivery: HMAC-SHA-256 over the raw bytes of the body, as GitHub sends it in
// X-Hub-Signature-256 ("Validating webhook deliveries" in GitHub's documentation).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/http.h"

namespace webhooks {

enum class Signature {
  kValid,
  kMissing,    // no such header; X-Hub-Signature (SHA-1) alone counts as missing
  kMalformed,  // not exactly one "sha256=" and 64 lower-case hex digits
  kWrong,
};
std::string_view ToString(Signature signature);

// Is there exactly one header of the right form? kValid here only says that the body is worth
// reading: it lets a listener turn strangers away before it buffers anything.
Signature CheckSignatureForm(const runtime::base::HttpHeaders& headers);

// Checks the body against each secret (several while one is being replaced), in a time that depends
// on the body's length and the number of secrets only. No secrets: nothing is valid.
Signature CheckSignature(const runtime::base::HttpHeaders& headers, std::string_view body,
                         const std::vector<std::string>& secrets);

// The header's value for `body`: what a sender does.
std::string Sign(std::string_view body, std::string_view secret);

}  // namespace webhooks
