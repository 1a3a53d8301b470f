#include "webhooks/signature.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <strings.h>

#include <algorithm>
#include <array>
#include <limits>

#include "runtime/base/digest.h"
#include "runtime/base/error.h"

namespace webhooks {
namespace {

constexpr std::string_view kHeader = "X-Hub-Signature-256";
constexpr std::string_view kPrefix = "sha256=";
constexpr size_t kHexDigits = 64;

struct FormCheck {
  Signature result = Signature::kMissing;
  std::string_view value;
};

FormCheck FindSignature(const runtime::base::HttpHeaders& headers) {
  FormCheck found;
  for (const auto& [name, value] : headers) {
    if (name.size() != kHeader.size() || ::strcasecmp(name.c_str(), kHeader.data()) != 0) {
      continue;
    }
    if (found.result != Signature::kMissing) {
      return {Signature::kMalformed, {}};
    }
    found = {Signature::kValid, value};
  }
  if (found.result == Signature::kMissing) {
    return found;
  }
  const bool well_formed =
      found.value.size() == kPrefix.size() + kHexDigits && found.value.starts_with(kPrefix) &&
      std::all_of(found.value.begin() + kPrefix.size(), found.value.end(),
                  [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
  return well_formed ? found : FormCheck{Signature::kMalformed, {}};
}

}  // namespace

std::string_view ToString(Signature signature) {
  switch (signature) {
    case Signature::kValid:
      return "valid";
    case Signature::kMissing:
      return "no X-Hub-Signature-256 header: set the webhook's secret";
    case Signature::kMalformed:
      return "the X-Hub-Signature-256 header isn't one sha256= and 64 lower-case hex digits";
    case Signature::kWrong:
      return "the signature doesn't match: the webhook's secret isn't one of webhook-secrets";
  }
  return "unknown";
}

Signature CheckSignatureForm(const runtime::base::HttpHeaders& headers) {
  return FindSignature(headers).result;
}

Signature CheckSignature(const runtime::base::HttpHeaders& headers, std::string_view body,
                         const std::vector<std::string>& secrets) {
  const FormCheck given = FindSignature(headers);
  if (given.result != Signature::kValid) {
    return given.result;
  }
  bool matches = false;
  for (const std::string& secret : secrets) {
    if (secret.empty()) {
      continue;  // anybody can sign with an empty key
    }
    const std::string expected = Sign(body, secret);
    // Every secret is tried, so that the time doesn't tell which one matched.
    matches |= CRYPTO_memcmp(expected.data(), given.value.data(), expected.size()) == 0;
  }
  return matches ? Signature::kValid : Signature::kWrong;
}

std::string Sign(std::string_view body, std::string_view secret) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned size = 0;
  if (secret.size() > static_cast<size_t>(std::numeric_limits<int>::max()) ||
      ::HMAC(::EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
             reinterpret_cast<const unsigned char*>(body.data()), body.size(), digest.data(),
             &size) == nullptr) {
    throw runtime::base::Error(runtime::base::ErrorKind::kInternal, "HMAC-SHA-256 failed");
  }
  return std::string(kPrefix) +
         runtime::base::ToHex({reinterpret_cast<const char*>(digest.data()), size});
}

}  // namespace webhooks
