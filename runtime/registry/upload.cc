#include "runtime/registry/upload.h"

#include <unistd.h>

#include "runtime/base/error.h"

namespace runtime::registry {
namespace {

using base::Error;
using base::ErrorKind;

constexpr uint64_t kSlowestBytesPerSecond = 16 * 1024;

std::string ReadAt(int fd, uint64_t offset, size_t most) {
  std::string data(most, '\0');
  ssize_t n;
  do {
    n = ::pread(fd, data.data(), most, static_cast<off_t>(offset));
  } while (n < 0 && errno == EINTR);
  if (n < 0) {
    throw Error::FromErrno("read the blob");
  }
  data.resize(static_cast<size_t>(n));
  return data;
}

// Where the upload goes; nothing when the blob was mounted instead.
std::optional<base::Url> Start(Session& session, const std::string& digest,
                               const std::string& mount_from) {
  base::HttpRequest request = session.Request(
      "/blobs/uploads/" + (mount_from.empty() ? "" : "?mount=" + digest + "&from=" + mount_from));
  request.method = "POST";
  const base::HttpResponse response = session.Send(request);
  if (response.status == 201 && !mount_from.empty()) {
    return std::nullopt;
  }
  if (response.status != 202) {
    throw session.StatusError(response);
  }
  return session.Location(request.url, response);
}

// The same, where a mount that isn't allowed is no reason to fail.
std::optional<base::Url> MountOrStart(Session& session, const std::string& digest,
                                      const std::string& mount_from) {
  if (!mount_from.empty()) {
    try {
      return Start(session, digest, mount_from);
    } catch (const Error& e) {
      if (e.kind() != ErrorKind::kPermission && e.kind() != ErrorKind::kNotFound) {
        throw;
      }
    }
  }
  return Start(session, digest, "");
}

// The URL of the upload with the digest that completes it.
std::string Completing(const base::Url& upload, const std::string& digest) {
  const bool query = upload.target.find('?') != std::string::npos;
  return upload.ToString() + (query ? "&" : "?") + "digest=" + digest;
}

}  // namespace

void Upload(Session& session, const image::ImageStore& store, const image::Descriptor& blob,
            const std::string& mount_from, Transfers& transfers) {
  const std::string digest = blob.digest.ToString();
  base::WithContext("upload " + digest, [&] {
    base::HttpRequest head = session.Request("/blobs/" + digest);
    head.method = "HEAD";
    const int status = session.Send(head).status;
    if (status == 200) {
      transfers.Tell(Progress::Event::kPresent, blob);
      return;
    }
    std::optional<base::Url> upload = MountOrStart(session, digest, mount_from);
    if (!upload) {
      transfers.Tell(Progress::Event::kPresent, blob);
      return;
    }
    transfers.Tell(Progress::Event::kBegin, blob);
    const base::UniqueFd content = store.OpenBlob(blob.digest);
    base::HttpRequest put = session.Request("");
    put.method = "PUT";
    put.headers = {{"Content-Type", "application/octet-stream"}};
    put.body_size = blob.size;
    put.body_source = [&](uint64_t offset, size_t most) {
      transfers.Tell(Progress::Event::kBytes, blob, offset);
      return ReadAt(content.get(), offset, most);
    };
    put.total_timeout =
        std::chrono::seconds(60 + std::min(blob.size, uint64_t{1} << 40) / kSlowestBytesPerSecond);
    // What the registry keeps of a failed attempt is its own affair: each begins anew.
    const base::HttpResponse response = session.Send(put, [&](base::HttpRequest& request) {
      if (!upload) {
        upload = Start(session, digest, "");
      }
      request.url = Completing(*upload, digest);
      upload.reset();
      return false;
    });
    if (response.status != 201) {
      throw session.StatusError(response);
    }
    transfers.Tell(Progress::Event::kDone, blob, blob.size);
  });
}

}  // namespace runtime::registry
