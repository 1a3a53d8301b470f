// LfsExchange: one request to a server of Git LFS, or to where that one says that an object is.
#pragma once

#include <string>

#include "runtime/base/http.h"
#include "runtime/git/helper/address_policy.h"
#include "runtime/git/protocol.h"

namespace runtime::git {

// Rules: the credential goes to the repository's own origin, and not once a redirect has led out of
// it; headers that were given for one address go to its origin only; of everywhere else only what
// AddressPolicy allows is reached; at most five redirects, none from https to http.
class LfsExchange {
 public:
  // `repository`: its address; `with_credential`: the server that is asked is on its origin, so
  // that it may have the credential. All are borrowed. Throws Error when the host of the repository
  // has no address.
  LfsExchange(base::HttpTransport& transport, const std::string& repository,
              const Credential& credential, bool with_credential);

  // `given`: headers for the address of `request` alone; without any of them that says who asks,
  // the credential does. Thread-safe. Throws Error as HttpTransport does, kInvalid for an address
  // that isn't http or https, too many redirects, and one that isn't followed.
  base::HttpResponse Send(base::HttpRequest request, const base::HttpHeaders& given) const;

  bool has_credential() const { return !login_.empty(); }

 private:
  base::HttpTransport& transport_;
  std::string own_origin_;  // empty when the repository isn't at a web address
  std::string login_;       // value of Authorization; empty for none
  AddressPolicy policy_;
};

}  // namespace runtime::git
