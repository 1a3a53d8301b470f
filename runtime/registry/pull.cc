#include <optional>

#include "runtime/base/error.h"
#include "runtime/base/terminal_text.h"
#include "runtime/image/config.h"
#include "runtime/image/manifest.h"
#include "runtime/image/unpack_image.h"
#include "runtime/registry/client.h"
#include "runtime/registry/download.h"
#include "runtime/registry/session.h"

namespace runtime::registry {
namespace {

using base::Error;
using base::ErrorKind;

constexpr char kAccept[] =
    "application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json, "
    "application/vnd.docker.distribution.manifest.v2+json, "
    "application/vnd.docker.distribution.manifest.list.v2+json";

// A manifest or index as the registry gave it, its digest verified.
struct Document {
  std::string text;
  image::Descriptor descriptor;
};

// `name` is a tag or a digest; `expected` is what the content must have, where known.
Document FetchDocument(Session& session, const std::string& name,
                       const std::optional<base::Digest>& expected) {
  base::HttpRequest request = session.Request("/manifests/" + name);
  request.headers = {{"Accept", kAccept}};
  request.max_response_bytes = image::kMaxDocumentBytes;
  base::HttpResponse response = session.Send(request);
  if (response.status != 200) {
    throw session.StatusError(response);
  }
  const base::Digest digest = base::Digest::Of(response.body);
  const std::string told = response.Header("Docker-Content-Digest").value_or(digest.ToString());
  const std::string wanted = expected ? expected->ToString() : told;
  if ((told.starts_with("sha256:") && told != digest.ToString()) || wanted != digest.ToString()) {
    throw Error(ErrorKind::kInvalid, session.endpoint().host + " sends " + digest.ToString() +
                                         " where " + base::ForMessage(wanted.substr(0, 80)) +
                                         " is announced");
  }
  std::string type = response.Header("Content-Type").value_or("");
  type = type.substr(0, type.find(';'));
  const bool known = image::IsManifestType(type) || image::IsIndexType(type);
  const image::Descriptor descriptor{known ? type : "", digest, response.body.size()};
  return {std::move(response.body), descriptor};
}

// The image's manifest: the named document, or the one for this machine that an index names.
Document FetchManifest(Session& session, const image::Reference& reference) {
  const std::string name = reference.digest ? reference.digest->ToString() : reference.tag;
  Document document = FetchDocument(session, name, reference.digest);
  const std::string what = "manifest " + document.descriptor.digest.ToString();
  if (image::KindOfDocument(document.text, what) == image::DocumentKind::kManifest) {
    return document;
  }
  const auto entries = image::ParseIndex(document.text, what, document.descriptor.media_type);
  const image::Descriptor& picked = image::PickPlatform(entries, what).descriptor;
  document = FetchDocument(session, picked.digest.ToString(), picked.digest);
  if (document.descriptor.size != picked.size) {
    throw Error(ErrorKind::kInvalid, picked.digest.ToString() + ": its size isn't the " +
                                         std::to_string(picked.size) + " bytes announced");
  }
  return document;
}

// Unpacks the layers, which checks them against the diffIDs of the config.
void Unpack(const image::ImageStore& store, const image::Manifest& manifest,
            const std::stop_token& stop) {
  const std::string what = "config " + manifest.config.digest.ToString();
  const image::ImageConfig config =
      image::ParseConfig(store.ReadBlob(manifest.config.digest, image::kMaxDocumentBytes), what);
  if (config.diff_ids.size() != manifest.layers.size()) {
    throw Error(ErrorKind::kInvalid, what + ": names " + std::to_string(config.diff_ids.size()) +
                                         " layers, the manifest " +
                                         std::to_string(manifest.layers.size()));
  }
  image::EnsureUnpacked(store, manifest.layers, config.diff_ids, stop);
}

}  // namespace

image::Image Client::Pull(const image::ImageStore& store, const image::Reference& reference,
                          const ProgressSink& progress, const std::stop_token& stop) const {
  Session session(transport_, credentials_, EndpointOf(reference, options_.plain_http), "pull",
                  options_.retry, stop);
  const std::string name =
      reference.digest ? "@" + reference.digest->ToString() : ":" + reference.tag;
  return base::WithContext("pull " + session.name() + name, [&] {
    const base::UniqueFd hold = store.Hold();
    const Document document = FetchManifest(session, reference);
    const std::string what = "manifest " + document.descriptor.digest.ToString();
    const image::Manifest manifest =
        image::ParseManifest(document.text, what, document.descriptor.media_type);
    if (manifest.config.size > image::kMaxDocumentBytes) {
      throw Error(ErrorKind::kInvalid, what + ": its config is too large");
    }
    std::vector<image::Descriptor> blobs = manifest.layers;
    blobs.insert(blobs.begin(), manifest.config);
    Transfers transfers(progress);
    transfers.ForEach(blobs, options_.parallel, [&](const image::Descriptor& blob) {
      Download(session, store, blob, transfers, stop);
    });
    // The manifest comes last: with it the image is there.
    Unpack(store, manifest, stop);
    const auto writer = store.NewBlob();
    writer->Write(document.text);
    const image::Image image =
        store.Load(writer->Commit(manifest.media_type, document.descriptor.digest));
    if (!reference.digest) {
      store.Tag(image.manifest.digest, reference);
    }
    return image;
  });
}

}  // namespace runtime::registry
