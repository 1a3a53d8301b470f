// Reference: an image's name, "[HOST[:PORT]/]PATH[:TAG][@DIGEST]".
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "runtime/base/digest.h"

namespace runtime::image {

// Grammar of the OCI distribution specification 1.1 ("Pulling manifests") with docker's reading of
// the first part: it is a host when it has a dot or a colon, or is "localhost".
struct Reference {
  std::string host;  // empty: a local name, or Docker Hub's when pulled
  std::string path;  // "debian", "pie/hubot"
  std::string tag = "latest";
  std::optional<base::Digest> digest;

  static std::optional<Reference> Parse(std::string_view text);
  // "host/path:tag", the form that the store uses as a key.
  std::string ToString() const;
  // "host/path".
  std::string Repository() const;
};

}  // namespace runtime::image
