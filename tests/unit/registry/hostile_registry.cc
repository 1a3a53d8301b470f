#include "tests/unit/registry/hostile_registry.h"

#include <gtest/gtest.h>

#include "runtime/base/error.h"

namespace runtime::registry {

using tests::Answer;
using tests::ReceivedRequest;
using tests::ScriptedAnswer;

bool IsFor(const ReceivedRequest& request, const std::string& digest) {
  return request.target.ends_with(digest);
}

HostileRegistry::HostileRegistry(Twist twist, tests::SampleImage sample)
    : directory_(std::filesystem::temp_directory_path(), "store"),
      store_(base::StateDir(directory_.path())),
      sample_(std::move(sample)),
      twist_(std::move(twist)),
      transport_(base::MakeHttpTransport()),
      client_(
          *transport_, [this](const std::string&) { return credentials_; }, Options()),
      server_([this](const ReceivedRequest& request) {
        std::optional<ScriptedAnswer> answer = twist_ ? twist_(request) : std::nullopt;
        return answer ? *answer : Serve(request);
      }) {}

ClientOptions HostileRegistry::Options() {
  ClientOptions options;
  options.parallel = 1;
  options.retry.pause = [this](std::chrono::milliseconds wait) { waits_.push_back(wait); };
  return options;
}

image::Reference HostileRegistry::reference() const {
  return *image::Reference::Parse(server_.host() + "/a/b:1");
}

base::Error HostileRegistry::PullFailure() {
  try {
    Pull();
  } catch (const base::Error& e) {
    return e;
  }
  ADD_FAILURE() << "the pull succeeded";
  return base::Error(base::ErrorKind::kInternal, "");
}

bool HostileRegistry::NothingPublished() const {
  return store_.List().empty() && std::filesystem::is_empty(store_.state().tmp()) &&
         !store_.HasBlob(sample_.digest());
}

ScriptedAnswer HostileRegistry::Serve(const ReceivedRequest& request) const {
  if (request.target == "/v2/a/b/manifests/1" || IsFor(request, sample_.digest().ToString())) {
    return Answer(200, sample_.manifest,
                  std::string("Content-Type: ") + image::kManifestType + "\r\n");
  }
  const size_t digest = request.target.find("sha256:");
  const auto blob =
      digest == std::string::npos ? std::nullopt : sample_.Blob(request.target.substr(digest));
  if (!blob) {
    return Answer(404, R"({"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]})");
  }
  const std::string range = request.Header("Range");
  if (range.starts_with("bytes=")) {
    const size_t begin = std::stoul(range.substr(6));
    return Answer(206, blob->substr(begin),
                  "Content-Range: bytes " + std::to_string(begin) + "-" +
                      std::to_string(blob->size() - 1) + "/" + std::to_string(blob->size()) +
                      "\r\n");
  }
  return Answer(200, *blob);
}

}  // namespace runtime::registry
