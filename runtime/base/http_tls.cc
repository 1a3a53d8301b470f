// The TLS half of HttpConnection. OpenSSL reads and writes through a BIO of ours, so that the same
// bounds hold and a write to a closed socket raises no SIGPIPE.
#include <arpa/inet.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <limits>

#include "runtime/base/error.h"
#include "runtime/base/http_connection.h"

namespace runtime::base {

struct TlsBio {
  static int Read(BIO* bio, char* data, int size) {
    auto* connection = static_cast<HttpConnection*>(BIO_get_data(bio));
    try {
      const size_t n = connection->Receive(data, static_cast<size_t>(size));
      connection->peer_closed_ = n == 0;
      return static_cast<int>(n);
    } catch (...) {
      connection->failure_ = std::current_exception();
      return -1;
    }
  }

  static int Write(BIO* bio, const char* data, int size) {
    auto* connection = static_cast<HttpConnection*>(BIO_get_data(bio));
    try {
      connection->Send({data, static_cast<size_t>(size)});
      return size;
    } catch (...) {
      connection->failure_ = std::current_exception();
      return -1;
    }
  }

  static long Control(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

  static BIO* New(HttpConnection* connection) {
    static BIO_METHOD* const method = [] {
      BIO_METHOD* m = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "http connection");
      BIO_meth_set_read(m, Read);
      BIO_meth_set_write(m, Write);
      BIO_meth_set_ctrl(m, Control);
      return m;
    }();
    BIO* bio = BIO_new(method);
    if (bio == nullptr) {
      throw Error(ErrorKind::kInternal, "TLS: no memory");
    }
    BIO_set_data(bio, connection);
    BIO_set_init(bio, 1);
    return bio;
  }
};

TlsContext::TlsContext() : context_(SSL_CTX_new(TLS_client_method())) {
  if (context_ == nullptr || SSL_CTX_set_default_verify_paths(context_) != 1 ||
      SSL_CTX_set_min_proto_version(context_, TLS1_2_VERSION) != 1) {
    SSL_CTX_free(context_);
    throw Error(ErrorKind::kInternal, "TLS: OpenSSL can't be set up");
  }
  SSL_CTX_set_verify(context_, SSL_VERIFY_PEER, nullptr);
}

TlsContext::~TlsContext() { SSL_CTX_free(context_); }

void HttpConnection::FreeTls::operator()(SSL* ssl) const { SSL_free(ssl); }

void HttpConnection::StartTls(const Url& url, const TlsContext& tls) {
  ssl_.reset(SSL_new(tls.get()));
  if (!ssl_) {
    throw Error(ErrorKind::kInternal, "TLS: no memory");
  }
  BIO* bio = TlsBio::New(this);
  SSL_set_bio(ssl_.get(), bio, bio);
  in6_addr address;
  const bool literal = ::inet_pton(AF_INET, url.host.c_str(), &address) == 1 ||
                       ::inet_pton(AF_INET6, url.host.c_str(), &address) == 1;
  const int named =
      literal ? X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl_.get()), url.host.c_str())
              : SSL_set1_host(ssl_.get(), url.host.c_str());
  if (named != 1 || (!literal && SSL_set_tlsext_host_name(ssl_.get(), url.host.c_str()) != 1)) {
    throw Error(ErrorKind::kInvalid, "TLS with " + peer_ + ": the host can't be checked");
  }
  ERR_clear_error();
  const int result = SSL_connect(ssl_.get());
  if (result != 1) {
    FailTls("TLS with ", result);
  }
}

void HttpConnection::FailTls(const char* what, int result) {
  if (failure_) {
    std::rethrow_exception(std::exchange(failure_, nullptr));
  }
  const std::string where = what + peer_;
  const long verified = SSL_get_verify_result(ssl_.get());
  if (verified != X509_V_OK) {
    throw Error(ErrorKind::kInvalid, where + ": its certificate doesn't hold: " +
                                         X509_verify_cert_error_string(verified));
  }
  if (peer_closed_) {
    throw Error(ErrorKind::kUnavailable, where + ": the connection was cut");
  }
  const char* reason = ERR_reason_error_string(ERR_peek_last_error());
  throw Error(
      ErrorKind::kInvalid,
      where + ": " +
          (reason != nullptr ? reason
                             : "error " + std::to_string(SSL_get_error(ssl_.get(), result))));
}

size_t HttpConnection::Read(char* data, size_t size) {
  if (!ssl_) {
    return Receive(data, size);
  }
  ERR_clear_error();
  const int most = static_cast<int>(std::min<size_t>(size, std::numeric_limits<int>::max()));
  const int n = SSL_read(ssl_.get(), data, most);
  if (n > 0) {
    return static_cast<size_t>(n);
  }
  if (!failure_ && SSL_get_error(ssl_.get(), n) == SSL_ERROR_ZERO_RETURN) {
    return 0;
  }
  FailTls("read from ", n);
}

void HttpConnection::Write(std::string_view data) {
  if (!ssl_) {
    Send(data);
    return;
  }
  ERR_clear_error();
  size_t written = 0;
  if (!data.empty() && SSL_write_ex(ssl_.get(), data.data(), data.size(), &written) != 1) {
    FailTls("write to ", 0);
  }
}

}  // namespace runtime::base
