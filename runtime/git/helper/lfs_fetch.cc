#include "runtime/git/helper/lfs_fetch.h"

#include <algorithm>
#include <exception>
#include <mutex>
#include <optional>
#include <thread>

#include "runtime/base/terminal_text.h"
#include "runtime/base/units.h"
#include "runtime/git/helper/lfs_batch.h"
#include "runtime/git/helper/lfs_exchange.h"
#include "runtime/git/helper/lfs_object_file.h"
#include "runtime/git/url_policy.h"

namespace runtime::git {
namespace {

namespace fs = std::filesystem;
using base::Error;
using base::ErrorKind;
using base::ForMessage;

constexpr size_t kAtOnce = 8;
constexpr int kAttempts = 3;
constexpr uint64_t kMaxOtherBody = 64u << 10;  // of a redirect or an error

class LfsFetch {
 public:
  LfsFetch(const HelperRequest& request, base::HttpTransport& transport, const base::Clock& clock,
           fs::path out, const ProgressLine& progress)
      : order_(*request.lfs),
        exchange_(transport, request.url, request.credential, order_.own_server),
        clock_(clock),
        out_(std::move(out)),
        progress_(progress) {}

  void Run() {
    progress_("asking " + ForMessage(order_.server) + " for " +
              std::to_string(order_.objects.size()) + " objects of Git LFS");
    std::vector<LfsObject> left = order_.objects;
    while (!left.empty()) {
      const auto end = left.begin() + static_cast<ptrdiff_t>(std::min(left.size(), kMaxLfsBatch));
      const std::vector<LfsObject> batch(left.begin(), end);
      left.erase(left.begin(), end);
      const std::vector<LfsObject> late = FetchBatch(batch);
      if (late.size() == batch.size()) {
        throw Error(ErrorKind::kUnavailable,
                    late.front().file + ": the server's address of it expires at once");
      }
      left.insert(left.end(), late.begin(), late.end());
      progress_(std::to_string(done_) + " of " + std::to_string(order_.objects.size()) +
                " objects, " + base::FormatSize(bytes_));
    }
  }

 private:
  // Those of the batch whose address was valid no more when their turn came.
  std::vector<LfsObject> FetchBatch(const std::vector<LfsObject>& batch) {
    const std::map<std::string, LfsDownload> downloads = AskFor(batch);
    next_ = 0;
    std::vector<LfsObject> late;
    {
      std::vector<std::jthread> threads;
      for (size_t i = 0; i < std::min(kAtOnce, batch.size()); ++i) {
        threads.emplace_back([&] { DownloadNext(batch, downloads, late); });
      }
    }
    if (failure_) {
      std::rethrow_exception(failure_);
    }
    return late;
  }

  std::map<std::string, LfsDownload> AskFor(const std::vector<LfsObject>& batch) const {
    base::HttpRequest request;
    request.method = "POST";
    request.url = order_.server + "/objects/batch";
    request.headers = {{"Accept", kLfsMediaType}, {"Content-Type", kLfsMediaType}};
    request.body = EncodeLfsBatch(batch);
    const base::HttpResponse response = base::WithContext(
        batch.front().file, [&] { return exchange_.Send(std::move(request), {}); });
    if (response.status != 200) {
      throw LfsStatusError(response, exchange_.has_credential())
          .Within("ask " + ForMessage(order_.server))
          .Within(batch.front().file);
    }
    return DecodeLfsBatch(response.body, batch, exchange_.has_credential(), clock_);
  }

  void DownloadNext(const std::vector<LfsObject>& batch,
                    const std::map<std::string, LfsDownload>& downloads,
                    std::vector<LfsObject>& late) {
    while (const LfsObject* object = TakeNext(batch)) {
      const LfsDownload& download = downloads.at(object->oid);
      if (download.until && clock_.Monotonic() >= *download.until) {
        const std::lock_guard lock(mutex_);
        late.push_back(*object);
        continue;
      }
      try {
        base::WithContext(object->file, [&] { Download(*object, download); });
        const std::lock_guard lock(mutex_);
        ++done_;
        bytes_ += object->size;
      } catch (...) {
        const std::lock_guard lock(mutex_);
        failure_ = failure_ ? failure_ : std::current_exception();
      }
    }
  }

  const LfsObject* TakeNext(const std::vector<LfsObject>& batch) {
    const std::lock_guard lock(mutex_);
    return failure_ || next_ == batch.size() ? nullptr : &batch[next_++];
  }

  // Again when the connection was cut.
  void Download(const LfsObject& object, const LfsDownload& download) const {
    for (int attempt = 1;; ++attempt) {
      std::optional<base::HttpResponse> response;
      try {
        LfsObjectFile file(out_, object);
        response = Get(object, download, file);
        if (response->status == 200) {
          file.Finish();
          return;
        }
      } catch (const Error& e) {
        if (e.kind() != ErrorKind::kUnavailable || attempt == kAttempts) {
          throw;
        }
        continue;
      }
      throw LfsStatusError(*response, exchange_.has_credential());
    }
  }

  base::HttpResponse Get(const LfsObject& object, const LfsDownload& download,
                         LfsObjectFile& file) const {
    base::HttpRequest request;
    request.url = download.href;
    request.max_response_bytes = object.size + kMaxOtherBody;  // `file` is strict
    request.body_sink = [&](std::string_view data) {
      file.Write(data);
      return true;
    };
    return exchange_.Send(std::move(request), download.headers);
  }

  const LfsOrder& order_;
  const LfsExchange exchange_;
  const base::Clock& clock_;
  const fs::path out_;
  const ProgressLine& progress_;
  std::mutex mutex_;  // the rest
  size_t next_ = 0;
  size_t done_ = 0;
  uint64_t bytes_ = 0;
  std::exception_ptr failure_;
};

}  // namespace

void FetchLfsObjects(const HelperRequest& request, base::HttpTransport& transport,
                     const base::Clock& clock, const fs::path& out, const ProgressLine& progress) {
  LfsFetch(request, transport, clock, out, progress).Run();
}

}  // namespace runtime::git
