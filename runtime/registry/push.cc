#include <map>

#include "runtime/base/error.h"
#include "runtime/base/terminal_text.h"
#include "runtime/image/manifest.h"
#include "runtime/registry/client.h"
#include "runtime/registry/session.h"
#include "runtime/registry/upload.h"

namespace runtime::registry {
namespace {

using base::Error;
using base::ErrorKind;

// Looking for blobs to mount reads this many images of the store at most.
constexpr size_t kMaxMountSources = 64;

// Which repositories of the same registry some of these blobs came from or went to, as the store's
// tags tell.
std::map<base::Digest, std::string> MountSources(const image::ImageStore& store,
                                                 const image::Reference& destination) {
  std::map<base::Digest, std::string> sources;
  size_t read = 0;
  for (const image::ImageStore::Tagged& tagged : store.List()) {
    const auto name = image::Reference::Parse(tagged.name);
    if (!name || name->host != destination.host || name->path == destination.path ||
        ++read > kMaxMountSources) {
      continue;
    }
    const std::optional<image::Image> image = store.Find(tagged.digest.ToString());
    for (const image::Descriptor& blob : image ? image->blobs : std::vector<image::Descriptor>()) {
      sources.emplace(blob.digest, EndpointOf(*name, false).repository);
    }
  }
  return sources;
}

// The registry must have stored these very bytes.
void CheckDigest(Session& session, const base::HttpResponse& put, const std::string& name,
                 const base::Digest& digest) {
  std::optional<std::string> told = put.Header("Docker-Content-Digest");
  if (!told) {
    const base::HttpResponse response = session.Send(session.Request("/manifests/" + name));
    if (response.status != 200) {
      throw session.StatusError(response);
    }
    told = base::Digest::Of(response.body).ToString();
  }
  if (*told != digest.ToString()) {
    throw Error(ErrorKind::kInvalid, session.endpoint().host + " has stored " +
                                         base::ForMessage(told->substr(0, 80)) + " where " +
                                         digest.ToString() + " was sent");
  }
}

void PutManifest(Session& session, const std::string& name, const image::Descriptor& manifest,
                 const std::string& text) {
  base::WithContext("write manifest " + name, [&] {
    base::HttpRequest request = session.Request("/manifests/" + name);
    request.method = "PUT";
    request.headers = {{"Content-Type", manifest.media_type}};
    request.body = text;
    const base::HttpResponse response = session.Send(request);
    if (response.status != 201) {
      throw session.StatusError(response);
    }
    CheckDigest(session, response, name, manifest.digest);
  });
}

}  // namespace

std::string Client::Push(const image::ImageStore& store, const image::Image& image,
                         const image::Reference& destination,
                         const std::vector<std::string>& more_tags, const ProgressSink& progress,
                         const std::stop_token& stop) const {
  Session session(transport_, credentials_, EndpointOf(destination, options_.plain_http),
                  "pull,push", options_.retry, stop);
  return base::WithContext("push " + session.name(), [&] {
    const base::UniqueFd hold = store.Hold();
    const base::Digest& digest = image.manifest.digest;
    const std::string text = store.ReadBlob(digest, image::kMaxDocumentBytes);
    const auto sources = MountSources(store, destination);
    std::vector<image::Descriptor> blobs = image.blobs;
    blobs.push_back(image.config_blob);
    Transfers transfers(progress);
    transfers.ForEach(blobs, options_.parallel, [&](const image::Descriptor& blob) {
      const auto source = sources.find(blob.digest);
      Upload(session, store, blob, source == sources.end() ? "" : source->second, transfers);
    });
    PutManifest(session, digest.ToString(), image.manifest, text);
    std::vector<std::string> tags = more_tags;
    tags.push_back(destination.tag);
    for (const std::string& tag : tags) {
      PutManifest(session, tag, image.manifest, text);
    }
    return session.name() + "@" + digest.ToString();
  });
}

}  // namespace runtime::registry
