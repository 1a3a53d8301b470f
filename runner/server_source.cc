#include "runner/server_source.h"

#include <algorithm>

#include "runner/run_directory.h"
#include "runner/run_id.h"
#include "runtime/base/error.h"
#include "runtime/base/http.h"
#include "runtime/base/terminal_text.h"
#include "runtime/base/text.h"
#include "runtime/git/protocol.h"
#include "runtime/image/load.h"
#include "runtime/image/manifest.h"
#include "runtime/layer/listing.h"

namespace runner {
namespace base = runtime::base;
namespace image = runtime::image;
using base::Error;
using base::ErrorKind;
using base::ForMessage;
namespace {

constexpr std::string_view kRecordFile = "/record.json";

// As a part of a URL's path.
std::string PathPart(std::string_view text) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  std::string part;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0 || c == '-' || c == '_') {
      part += c;
    } else {
      part += {'%', kDigits[byte >> 4], kDigits[byte & 15]};
    }
  }
  return part;
}

// The URL of the run, without a slash at its end.
std::string RunUrl(std::string text) {
  if (text.ends_with(kRecordFile)) {
    text.resize(text.size() - kRecordFile.size());
  }
  while (text.ends_with('/')) {
    text.pop_back();
  }
  const size_t id = text.rfind('/');
  constexpr std::string_view kRuns = "/runs";
  if (!base::ParseUrl(text) || text.find('?') != std::string::npos ||
      !IsRunId(text.substr(id + 1)) || !text.substr(0, id).ends_with(kRuns)) {
    throw Error(ErrorKind::kUsage, ForMessage(text) +
                                       ": not the URL of a run, such as "
                                       "https://ci.example.org/runs/01kgasd000abcdef");
  }
  return text;
}

// What a server has of one run. Any thread.
class RunServer {
 public:
  explicit RunServer(std::string url) : url_(std::move(url)), http_(base::MakeHttpTransport()) {}

  const std::string& url() const { return url_; }

  // Nothing when there is no such file.
  std::optional<std::string> Read(const std::string& path, uint64_t max_bytes) const {
    return base::WithContext(url_ + path, [&]() -> std::optional<std::string> {
      base::HttpRequest request;
      request.url = url_ + path;
      request.max_response_bytes = max_bytes;
      base::HttpResponse response = http_->Send(request);
      return IsThere(response) ? std::optional(std::move(response.body)) : std::nullopt;
    });
  }

  // A file of a length that the server announces, `max_bytes` at most. `take` may throw.
  bool Stream(const std::string& path, uint64_t max_bytes, const runtime::layer::ByteSink& take,
              const std::stop_token& stop) const {
    return base::WithContext(url_ + path, [&] {
      base::HttpRequest request;
      request.url = url_ + path;
      request.stop = stop;
      request.max_response_bytes = max_bytes;
      request.head_sink = [&](const base::HttpResponse& head) {
        const auto length =
            base::ParseInteger<uint64_t>(head.Header("Content-Length").value_or(""));
        if (head.status == 200 && (!length || *length > max_bytes)) {
          throw Error(ErrorKind::kInvalid,
                      "the server doesn't say how long it is, or it is too long");
        }
      };
      request.body_sink = [&](std::string_view data) {
        take(data);
        return true;
      };
      return IsThere(http_->Send(request));
    });
  }

 private:
  static bool IsThere(const base::HttpResponse& response) {
    if (response.status == 200) {
      return true;
    }
    if (response.status == 404) {
      return false;
    }
    if (response.status >= 300 && response.status < 400) {
      throw Error(ErrorKind::kInvalid,
                  "it redirects to " + ForMessage(response.Header("Location").value_or("nowhere")) +
                      ", which isn't followed; give the server's own address");
    }
    const bool login = response.status == 401 || response.status == 403;
    throw Error(login ? ErrorKind::kPermission : ErrorKind::kUnavailable,
                "the server answers " + std::to_string(response.status));
  }

  std::string url_;
  std::unique_ptr<base::HttpTransport> http_;
};

// Images of a run, as files of an OCI layout.
class ServerLayout : public image::LayoutSource {
 public:
  ServerLayout(const RunServer& server, const image::ImageStore& store, std::stop_token stop)
      : server_(server), store_(store), stop_(std::move(stop)) {}

  std::optional<std::string> ReadDocument(const std::string& name) override {
    return server_.Read("/" + name, image::kMaxDocumentBytes);
  }

  void TakeBlob(const std::string& name, const image::Descriptor& expected) override {
    if (store_.HasBlob(expected.digest)) {
      return;
    }
    const auto writer = store_.NewBlob();
    const bool found = server_.Stream(
        "/" + name, expected.size, [&](std::string_view data) { writer->Write(data); }, stop_);
    if (!found) {
      throw Error(ErrorKind::kNotFound, "the server has no blob " + expected.digest.ToString());
    }
    writer->Commit(expected.media_type, expected.digest);
  }

  image::Descriptor TakeLayer(const std::string& /*name*/) override {
    throw Error(ErrorKind::kInternal, "layers of docker archives are in no server");
  }

 private:
  const RunServer& server_;
  const image::ImageStore& store_;
  const std::stop_token stop_;
};

class ServerSource : public RunSource {
 public:
  ServerSource(RunServer server, reports::RunRecord record)
      : server_(std::move(server)), record_(std::move(record)) {}

  const reports::RunRecord& record() const override { return record_; }
  std::string Name() const override { return server_.url(); }
  bool is_own() const override { return false; }

  std::optional<std::string> Listing(const std::string& step) const override {
    return server_.Read("/files/" + PathPart(step), runtime::layer::kMaxListingBytes);
  }

  bool WriteCheckout(const runtime::layer::ByteSink& sink,
                     const std::stop_token& stop) const override {
    return server_.Stream("/tree.tar.gz", runtime::git::CheckoutLimits().total_bytes, sink, stop);
  }

  bool FetchImage(const image::ImageStore& store, const base::Digest& digest,
                  const std::stop_token& stop) const override {
    ServerLayout layout(server_, store, stop);
    if (!layout.ReadDocument(image::BlobName(digest))) {
      return false;
    }
    image::LoadByDigest(store, layout, digest, stop);
    return true;
  }

 private:
  const RunServer server_;
  const reports::RunRecord record_;
};

}  // namespace

bool IsServerUrl(const std::string& text) {
  return text.starts_with("http://") || text.starts_with("https://");
}

std::unique_ptr<RunSource> OpenServerSource(const std::string& text) {
  RunServer server(RunUrl(text));
  const std::optional<std::string> content = server.Read(std::string(kRecordFile), kMaxRecordBytes);
  if (!content) {
    throw Error(ErrorKind::kNotFound, server.url() + ": the server has no such run");
  }
  return base::WithContext(server.url(), [&] {
    reports::RunRecord record = reports::RunRecordFromJson(*content);
    return std::make_unique<ServerSource>(std::move(server), std::move(record));
  });
}

}  // namespace runner
