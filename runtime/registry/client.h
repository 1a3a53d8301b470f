// Pull and Push: images between the store and a registry (OCI distribution specification 1.1;
// docker's schema 2 is read as well).
#pragma once

#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "runtime/base/http.h"
#include "runtime/image/image_store.h"
#include "runtime/image/reference.h"
#include "runtime/registry/credentials.h"
#include "runtime/registry/retry.h"
#include "runtime/registry/transfers.h"

namespace runtime::registry {

struct ClientOptions {
  bool plain_http = false;  // also for hosts that aren't loopback
  int parallel = 3;         // blobs at once
  RetryOptions retry;
};

// Everything that it does may be done from several threads, and by several processes at once on
// one store: a blob is downloaded once. Errors are one line that says what was tried: kPermission
// when a login is missing or refused, kNotFound, kUnavailable when the registry is down, cuts or
// answers 5xx after all retries, kInvalid when it lies. A stop ends
// Pull and Push at once, wherever they are (kCancelled): the image isn't in the store then, and a
// tag of the registry names the whole image or what it named before.
class Client {
 public:
  // `transport` must live longer.
  Client(base::HttpTransport& transport, CredentialLookup credentials, ClientOptions options = {})
      : transport_(transport), credentials_(std::move(credentials)), options_(std::move(options)) {}

  // Fetches what the store doesn't have of the image (of an index: the one for this machine),
  // verifies and unpacks all of it, and tags it `reference`. Pulled by digest it gets no tag.
  image::Image Pull(const image::ImageStore& store, const image::Reference& reference,
                    const ProgressSink& progress = {}, const std::stop_token& stop = {}) const;

  // Uploads what the registry doesn't have, then the manifest, byte for byte as it is in the store:
  // by digest first, by tag last. Each answer must name the same digest. Answers
  // "HOST/PATH@sha256:HEX". The tags are `destination.tag` and `more_tags`.
  std::string Push(const image::ImageStore& store, const image::Image& image,
                   const image::Reference& destination,
                   const std::vector<std::string>& more_tags = {},
                   const ProgressSink& progress = {}, const std::stop_token& stop = {}) const;

  // Whether the registry takes these credentials: throws Error (kPermission) when not.
  void CheckLogin(const std::string& host, const Credentials& credentials) const;

 private:
  base::HttpTransport& transport_;
  CredentialLookup credentials_;
  ClientOptions options_;
};

}  // namespace runtime::registry
