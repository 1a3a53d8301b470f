#include "runtime/registry/download.h"

#include <sys/stat.h>

#include "runtime/base/error.h"
#include "runtime/base/files.h"
#include "runtime/base/units.h"

namespace runtime::registry {
namespace {

using base::Error;
using base::ErrorKind;

// A transfer slower than this on the whole is given up.
constexpr uint64_t kSlowestBytesPerSecond = 16 * 1024;
constexpr uint64_t kWorthAnotherAttempt = 1u << 20;

class BlobDownload {
 public:
  BlobDownload(Session& session, const image::ImageStore& store, const image::Descriptor& blob,
               Transfers& transfers)
      : session_(session),
        store_(store),
        blob_(blob),
        transfers_(transfers),
        writer_(store.NewBlob()) {}

  void Run() {
    base::HttpRequest request = session_.Request("/blobs/" + blob_.digest.ToString());
    request.max_response_bytes = ~uint64_t{0};  // Take has the bound
    request.total_timeout =
        std::chrono::seconds(60 + std::min(blob_.size, uint64_t{1} << 40) / kSlowestBytesPerSecond);
    request.head_sink = [this](const base::HttpResponse& head) { Begin(head); };
    request.body_sink = [this](std::string_view data) { return Take(data); };
    const base::HttpResponse response =
        session_.Send(request, [this](base::HttpRequest& next) { return Prepare(next); });
    if (response.status != 200 && response.status != 206) {
      throw session_.StatusError(response);
    }
    if (received_ < blob_.size) {
      throw Error(ErrorKind::kInvalid, session_.endpoint().host + " sends " +
                                           std::to_string(received_) + " bytes of " +
                                           std::to_string(blob_.size));
    }
    writer_->Commit(blob_.media_type, blob_.digest);
  }

 private:
  bool Prepare(base::HttpRequest& request) {
    request.headers.clear();
    if (received_ > 0) {
      request.headers = {{"Range", "bytes=" + std::to_string(received_) + "-"}};
    }
    const bool much = received_ >= before_ + kWorthAnotherAttempt;
    before_ = received_;
    return much;
  }

  void Begin(const base::HttpResponse& head) {
    if (head.status == 200 && received_ > 0) {  // from the start again
      writer_ = store_.NewBlob();
      received_ = before_ = 0;
    }
    if (head.status == 206 && !head.Header("Content-Range")
                                   .value_or("")
                                   .starts_with("bytes " + std::to_string(received_) + "-")) {
      throw Error(ErrorKind::kInvalid, session_.endpoint().host + " sends another range of " +
                                           "bytes than it was asked for");
    }
  }

  bool Take(std::string_view data) {
    if (data.size() > blob_.size - received_) {
      throw Error(ErrorKind::kInvalid, session_.endpoint().host + " sends more than the " +
                                           std::to_string(blob_.size) + " bytes announced");
    }
    writer_->Write(data);
    received_ += data.size();
    transfers_.Tell(Progress::Event::kBytes, blob_, received_);
    return true;
  }

  Session& session_;
  const image::ImageStore& store_;
  const image::Descriptor& blob_;
  Transfers& transfers_;
  std::unique_ptr<image::ImageStore::BlobWriter> writer_;
  uint64_t received_ = 0;
  uint64_t before_ = 0;
};

bool IsPresent(const image::ImageStore& store, const image::Descriptor& blob) {
  if (!store.HasBlob(blob.digest)) {
    return false;
  }
  struct stat status;
  const base::UniqueFd fd = store.OpenBlob(blob.digest);
  if (::fstat(fd.get(), &status) != 0 || static_cast<uint64_t>(status.st_size) != blob.size) {
    throw Error(ErrorKind::kInvalid, "its size isn't " + std::to_string(blob.size));
  }
  return true;
}

}  // namespace

void Download(Session& session, const image::ImageStore& store, const image::Descriptor& blob,
              Transfers& transfers, const std::stop_token& stop) {
  base::WithContext("fetch " + blob.digest.ToString(), [&] {
    if (IsPresent(store, blob)) {
      transfers.Tell(Progress::Event::kPresent, blob);
      return;
    }
    // By the first byte of the digest: few files that stay, and seldom a foreign wait.
    const base::FileLock lock(store.state().locks() / ("blob-" + blob.digest.hex().substr(0, 2)),
                              stop);
    if (IsPresent(store, blob)) {
      transfers.Tell(Progress::Event::kPresent, blob);
      return;
    }
    transfers.Tell(Progress::Event::kBegin, blob);
    BlobDownload(session, store, blob, transfers).Run();
    transfers.Tell(Progress::Event::kDone, blob, blob.size);
  });
}

}  // namespace runtime::registry
