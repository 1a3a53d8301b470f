#include "runtime/git/helper/lfs_batch.h"

#include <nlohmann/json.hpp>
#include <strings.h>

#include <algorithm>
#include <ctime>
#include <iterator>

#include "runtime/base/terminal_text.h"

namespace runtime::git {
namespace {

using base::Error;
using base::ErrorKind;
using base::ForMessage;
using nlohmann::json;
using std::chrono::seconds;
using std::chrono::system_clock;

constexpr size_t kMaxShown = 200;
constexpr size_t kMaxHeaders = 50;
constexpr int64_t kMaxLife = 7 * 24 * 3600;

// What a server says of an error, safe to show; empty for nothing.
std::string MessageIn(const json& document) {
  const auto message = document.is_object() ? document.find("message") : document.end();
  return message != document.end() && message->is_string()
             ? ForMessage(message->get<std::string>().substr(0, kMaxShown))
             : std::string();
}

struct Reason {
  ErrorKind kind;
  std::string text;
};

// The codes of docs/api/batch.md, of an answer or of one object.
Reason ReasonOf(int status, bool with_credential) {
  switch (status) {
    case 401:
      return {ErrorKind::kPermission,
              with_credential ? "it asks for another login than the credential that is given"
                              : "it asks for a login, and no credential is given to it"};
    case 403:
      return {ErrorKind::kPermission, "it may not be read with this login"};
    case 404:
      return {ErrorKind::kNotFound, "the server hasn't got it"};
    case 410:
      return {ErrorKind::kNotFound, "the server has removed it"};
    case 413:
      return {ErrorKind::kInvalid, "the request is too large for the server"};
    case 422:
      return {ErrorKind::kInvalid, "the server finds the request invalid"};
    case 429:
      return {ErrorKind::kUnavailable, "the server had too many requests; run again later"};
    default:
      return {status >= 500 ? ErrorKind::kUnavailable : ErrorKind::kInvalid,
              "the server can't give it"};
  }
}

Error ErrorOf(int status, const std::string& message, bool with_credential) {
  const Reason reason = ReasonOf(status, with_credential);
  return Error(reason.kind, reason.text + " (" + std::to_string(status) + ")" +
                                (message.empty() ? "" : ": " + message));
}

// Those that say how a message is framed, or to whom it goes, are ours to write.
bool IsOurs(std::string_view name) {
  static constexpr const char* kNames[] = {"host",       "content-length", "transfer-encoding",
                                           "connection", "expect",         "upgrade",
                                           "te",         "trailer"};
  return std::any_of(std::begin(kNames), std::end(kNames), [&](const char* ours) {
    return ::strcasecmp(std::string(name).c_str(), ours) == 0;
  });
}

base::HttpHeaders HeadersIn(const json& action) {
  base::HttpHeaders headers;
  const auto given = action.find("header");
  if (given == action.end() || given->is_null()) {
    return headers;
  }
  for (const auto& [name, value] : given->items()) {
    if (headers.size() == kMaxHeaders) {
      throw Error(ErrorKind::kInvalid, "the server gives too many headers for it");
    }
    if (!IsOurs(name)) {
      headers.emplace_back(name, value.get<std::string>());
    }
  }
  return headers;
}

// Seconds that an action lives, by either form; nothing for one that doesn't say, or whose time is
// over already: this host's clock may be wrong, and the server will tell.
std::optional<int64_t> LifeOf(const json& action, const base::Clock& clock) {
  if (const auto in = action.find("expires_in"); in != action.end() && in->is_number_integer()) {
    const auto life = in->get<int64_t>();
    return life > 0 ? std::optional(life) : std::nullopt;
  }
  const auto at = action.find("expires_at");
  if (at == action.end() || !at->is_string()) {
    return std::nullopt;
  }
  // RFC 3339; one with another zone than UTC is taken for one that doesn't say.
  const auto text = at->get<std::string>();
  std::tm parts{};
  const char* rest = ::strptime(text.c_str(), "%Y-%m-%dT%H:%M:%S", &parts);
  if (rest == nullptr || !text.ends_with('Z')) {
    return std::nullopt;
  }
  const int64_t life = ::timegm(&parts) - system_clock::to_time_t(clock.Now());
  return life > 0 ? std::optional(life) : std::nullopt;
}

LfsDownload DownloadIn(const json& object, bool with_credential, const base::Clock& clock) {
  if (const auto error = object.find("error"); error != object.end() && !error->is_null()) {
    throw ErrorOf(error->at("code").get<int>(), MessageIn(*error), with_credential);
  }
  const auto actions = object.find("actions");
  if (actions == object.end() || !actions->is_object() || !actions->contains("download")) {
    throw Error(ErrorKind::kNotFound, "the server has no download of it");
  }
  const json& action = actions->at("download");
  LfsDownload download;
  download.href = action.at("href").get<std::string>();
  download.headers = HeadersIn(action);
  if (const std::optional<int64_t> life = LifeOf(action, clock)) {
    download.until = clock.Monotonic() + seconds(std::min(*life, kMaxLife));
  }
  return download;
}

// No server of this kind may choose another way, or another hash.
void RequireMember(const json& answer, const char* name, std::string_view wanted) {
  const auto found = answer.find(name);
  if (found != answer.end() && found->is_string() && *found != wanted) {
    throw Error(ErrorKind::kUnsupported,
                "the server answers with " + std::string(name) + " \"" +
                    ForMessage(found->get<std::string>().substr(0, kMaxShown)) + "\"; only " +
                    std::string(wanted) + " is supported");
  }
}

}  // namespace

std::string EncodeLfsBatch(const std::vector<LfsObject>& objects) {
  json list = json::array();
  for (const LfsObject& object : objects) {
    list.push_back({{"oid", object.oid}, {"size", object.size}});
  }
  return json{{"operation", "download"},
              {"transfers", {"basic"}},
              {"hash_algo", "sha256"},
              {"objects", std::move(list)}}
      .dump();
}

std::map<std::string, LfsDownload> DecodeLfsBatch(std::string_view body,
                                                  const std::vector<LfsObject>& objects,
                                                  bool with_credential, const base::Clock& clock) {
  try {
    const json answer = json::parse(body);
    RequireMember(answer, "transfer", "basic");
    RequireMember(answer, "hash_algo", "sha256");
    std::map<std::string, LfsDownload> downloads;
    for (const json& object : answer.at("objects")) {
      const auto oid = object.at("oid").get<std::string>();
      const auto asked = std::find_if(objects.begin(), objects.end(),
                                      [&](const LfsObject& known) { return known.oid == oid; });
      if (asked != objects.end()) {
        downloads[oid] = base::WithContext(
            asked->file, [&] { return DownloadIn(object, with_credential, clock); });
      }
    }
    for (const LfsObject& object : objects) {
      if (!downloads.contains(object.oid)) {
        throw Error(ErrorKind::kInvalid,
                    object.file + ": the server's answer doesn't tell how to get it");
      }
    }
    return downloads;
  } catch (const json::exception& e) {
    throw Error(ErrorKind::kInvalid,
                objects.front().file + ": the server's answer isn't one of Git LFS: " +
                    ForMessage(std::string_view(e.what()).substr(0, kMaxShown)));
  }
}

Error LfsStatusError(const base::HttpResponse& response, bool with_credential) {
  const json document = json::parse(response.body, nullptr, /*allow_exceptions=*/false);
  return ErrorOf(response.status, MessageIn(document), with_credential);
}

}  // namespace runtime::git
