// TlsIdentity: a key and a certificate of its own making, for a TLS server in a test.
#pragma once

#include <openssl/types.h>

#include <string>

namespace tests {

// Immutable; several connections may use it at once.
class TlsIdentity {
 public:
  // For that host name or IP address, valid now for an hour.
  explicit TlsIdentity(const std::string& host);
  ~TlsIdentity();
  TlsIdentity(const TlsIdentity&) = delete;
  TlsIdentity& operator=(const TlsIdentity&) = delete;

  SSL_CTX* context() const { return context_; }
  // The certificate, for a client that shall trust it.
  const std::string& pem() const { return pem_; }

 private:
  SSL_CTX* context_;
  std::string pem_;
};

}  // namespace tests
