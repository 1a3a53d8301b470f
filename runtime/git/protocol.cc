#include "runtime/git/protocol.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace runtime::git {
namespace {

using base::Error;
using base::ErrorKind;
using nlohmann::json;

constexpr std::array<std::pair<ErrorKind, std::string_view>, 10> kKinds = {{
    {ErrorKind::kUsage, "usage"},
    {ErrorKind::kNotFound, "not-found"},
    {ErrorKind::kExists, "exists"},
    {ErrorKind::kInvalid, "invalid"},
    {ErrorKind::kPermission, "permission"},
    {ErrorKind::kUnsupported, "unsupported"},
    {ErrorKind::kUnavailable, "unavailable"},
    {ErrorKind::kCancelled, "cancelled"},
    {ErrorKind::kNoSpace, "no-space"},
    {ErrorKind::kInternal, "internal"},
}};

std::string ToLine(const json& document) {
  // Names and messages of a repository may be no UTF-8: shown with U+FFFD.
  return document.dump(-1, ' ', false, json::error_handler_t::replace);
}

json ParseLine(std::string_view line) {
  json document = json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (!document.is_object()) {
    throw Error(ErrorKind::kInvalid, "the git helper's line is no JSON object");
  }
  return document;
}

template <typename F>
auto Reading(F&& read) -> decltype(read()) {
  try {
    return read();
  } catch (const json::exception& e) {
    throw Error(ErrorKind::kInvalid, std::string("the git helper's line: ") + e.what());
  }
}

// The member `name` of an answer, or the error that came in its place.
json Answer(std::string_view line, const char* name) {
  json document = ParseLine(line);
  if (const auto error = document.find("error"); error != document.end()) {
    const std::string kind = error->at("kind").get<std::string>();
    const auto* known = std::find_if(kKinds.begin(), kKinds.end(),
                                     [&](const auto& entry) { return entry.second == kind; });
    throw Error(known == kKinds.end() ? ErrorKind::kInternal : known->first,
                error->at("message").get<std::string>());
  }
  return document.at(name);
}

}  // namespace

bool IsObjectId(std::string_view text) {
  return text.size() == 40 && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

namespace {

json LfsToJson(const std::optional<LfsOrder>& order) {
  if (!order) {
    return nullptr;
  }
  json objects = json::array();
  for (const LfsObject& object : order->objects) {
    objects.push_back({object.oid, object.size, object.file});
  }
  return {{"objects", std::move(objects)},
          {"server", order->server},
          {"own_server", order->own_server}};
}

std::optional<LfsOrder> LfsFromJson(const json& document) {
  if (document.is_null()) {
    return std::nullopt;
  }
  LfsOrder order;
  for (const json& object : document.at("objects")) {
    order.objects.push_back({object.at(0), object.at(1), object.at(2)});
  }
  order.server = document.at("server");
  order.own_server = document.at("own_server");
  return order;
}

json HistoryToJson(const std::optional<HistoryOrder>& order) {
  if (!order) {
    return nullptr;
  }
  return {{"depth", order->depth}, {"detached", order->detached}, {"branch", order->branch},
          {"tree", order->tree},   {"filtered", order->filtered}, {"ahead", order->ahead}};
}

std::optional<HistoryOrder> HistoryFromJson(const json& document) {
  if (document.is_null()) {
    return std::nullopt;
  }
  return HistoryOrder{document.at("depth"), document.at("detached"), document.at("branch"),
                      document.at("tree"),  document.at("filtered"), document.at("ahead")};
}

}  // namespace

std::string EncodeRequest(const HelperRequest& request) {
  json bases = json::array();
  for (const CheckoutBase& base : request.bases) {
    bases.push_back({base.tree, base.max_entries, base.max_bytes});
  }
  const Credential& credential = request.credential;
  const CheckoutLimits& limits = request.limits;
  return ToLine({{"url", request.url},
                 {"credential",
                  {{"username", credential.username},
                   {"password", credential.password},
                   {"ssh_key", credential.ssh_key},
                   {"known_hosts", credential.known_hosts},
                   {"accept_unknown_hosts", credential.accept_unknown_hosts}}},
                 {"git_dir", request.git_dir},
                 {"work_tree", request.work_tree},
                 {"ref", request.ref},
                 {"commit", request.commit},
                 {"working_tree", request.working_tree},
                 {"submodules", request.submodules},
                 {"since", request.since},
                 {"base_ref", request.base_ref},
                 {"certificates", request.certificates},
                 {"bases", std::move(bases)},
                 {"lfs", LfsToJson(request.lfs)},
                 {"history", HistoryToJson(request.history)},
                 {"limits",
                  {{"pack_bytes", limits.pack_bytes},
                   {"objects", limits.objects},
                   {"file_bytes", limits.file_bytes},
                   {"total_bytes", limits.total_bytes},
                   {"entries", limits.entries},
                   {"depth", limits.depth}}}});
}

HelperRequest DecodeRequest(std::string_view line) {
  return Reading([&] {
    const json document = ParseLine(line);
    HelperRequest request;
    request.url = document.at("url").get<std::string>();
    const json& credential = document.at("credential");
    request.credential.username = credential.at("username").get<std::string>();
    request.credential.password = credential.at("password").get<std::string>();
    request.credential.ssh_key = credential.at("ssh_key").get<std::string>();
    request.credential.known_hosts = credential.at("known_hosts").get<std::string>();
    request.credential.accept_unknown_hosts = credential.at("accept_unknown_hosts").get<bool>();
    request.git_dir = document.at("git_dir").get<std::string>();
    request.work_tree = document.at("work_tree").get<std::string>();
    request.ref = document.at("ref").get<std::string>();
    request.commit = document.at("commit").get<std::string>();
    request.working_tree = document.at("working_tree").get<bool>();
    request.submodules = document.at("submodules").get<bool>();
    request.since = document.at("since").get<std::string>();
    request.base_ref = document.at("base_ref").get<std::string>();
    request.certificates = document.at("certificates").get<std::string>();
    for (const json& base : document.at("bases")) {
      request.bases.push_back({base.at(0), base.at(1), base.at(2)});
    }
    request.lfs = LfsFromJson(document.at("lfs"));
    request.history = HistoryFromJson(document.at("history"));
    const json& limits = document.at("limits");
    request.limits.pack_bytes = limits.at("pack_bytes").get<uint64_t>();
    request.limits.objects = limits.at("objects").get<uint64_t>();
    request.limits.file_bytes = limits.at("file_bytes").get<uint64_t>();
    request.limits.total_bytes = limits.at("total_bytes").get<uint64_t>();
    request.limits.entries = limits.at("entries").get<uint64_t>();
    request.limits.depth = limits.at("depth").get<uint32_t>();
    return request;
  });
}

std::string EncodeResolution(const Resolution& resolution) {
  json submodules = json::array();
  for (const Submodule& submodule : resolution.submodules) {
    submodules.push_back({submodule.path, submodule.commit, submodule.url});
  }
  return ToLine({{"resolved",
                  {{"commit", resolution.commit},
                   {"tree", resolution.tree},
                   {"commit_time", resolution.commit_time},
                   {"branch", resolution.branch},
                   {"title", resolution.title},
                   {"author", resolution.author},
                   {"submodules", std::move(submodules)},
                   {"history", resolution.history}}}});
}

Resolution DecodeResolution(std::string_view line) {
  return Reading([&] {
    const json answer = Answer(line, "resolved");
    Resolution resolution;
    resolution.commit = answer.at("commit").get<std::string>();
    resolution.tree = answer.at("tree").get<std::string>();
    resolution.commit_time = answer.at("commit_time").get<int64_t>();
    resolution.branch = answer.at("branch").get<std::string>();
    resolution.title = answer.at("title").get<std::string>();
    resolution.author = answer.at("author").get<std::string>();
    for (const json& submodule : answer.at("submodules")) {
      resolution.submodules.push_back({submodule.at(0), submodule.at(1), submodule.at(2)});
      if (!IsObjectId(resolution.submodules.back().commit)) {
        throw Error(ErrorKind::kInvalid, "the git helper named a submodule without its commit");
      }
    }
    resolution.history = answer.at("history").get<std::string>();
    // The tree becomes a layer's name, the commit a variable.
    if (!IsObjectId(resolution.tree) ||
        (!resolution.commit.empty() && !IsObjectId(resolution.commit))) {
      throw Error(ErrorKind::kInvalid, "the git helper answered something else than object ids");
    }
    return resolution;
  });
}

std::string EncodeWritten(const WrittenTree& written) {
  return ToLine({{"written",
                  {{"files", written.size.files},
                   {"bytes", written.size.bytes},
                   {"entries", written.size.entries},
                   {"base", written.base},
                   {"left_out", written.left_out}}}});
}

WrittenTree DecodeWritten(std::string_view line) {
  return Reading([&] {
    const json answer = Answer(line, "written");
    return WrittenTree{.size = {.files = answer.at("files").get<uint64_t>(),
                                .bytes = answer.at("bytes").get<uint64_t>(),
                                .entries = answer.at("entries").get<uint64_t>()},
                       .base = answer.at("base").get<std::string>(),
                       .left_out = answer.at("left_out").get<bool>()};
  });
}

std::vector<std::string> EncodeChanged(const ChangedPathList& paths) {
  if (!paths) {
    return {ToLine({{"changed", nullptr}, {"more", false}})};
  }
  // Each byte may take six characters.
  constexpr size_t kMaxBytes = kMaxLine / 8;
  std::vector<std::string> lines;
  json part = json::array();
  size_t bytes = 0;
  for (const std::string& path : *paths) {
    if (!part.empty() && bytes + path.size() > kMaxBytes) {
      lines.push_back(ToLine({{"changed", std::exchange(part, json::array())}, {"more", true}}));
      bytes = 0;
    }
    part.push_back(path);
    bytes += path.size() + 4;
  }
  lines.push_back(ToLine({{"changed", std::move(part)}, {"more", false}}));
  return lines;
}

ChangedPart DecodeChanged(std::string_view line) {
  return Reading([&] {
    const json paths = Answer(line, "changed");
    ChangedPart part;
    part.more = ParseLine(line).at("more").get<bool>();
    if (!paths.is_null()) {
      part.paths = paths.get<std::vector<std::string>>();
    }
    return part;
  });
}

std::string EncodeObjects(const LfsAnswer& answer) {
  return ToLine(
      {{"objects",
        {{"missing", answer.missing}, {"origin", answer.origin}, {"server", answer.server}}}});
}

LfsAnswer DecodeObjects(std::string_view line) {
  return Reading([&] {
    const json answer = Answer(line, "objects");
    return LfsAnswer{.missing = answer.at("missing").get<std::vector<std::string>>(),
                     .origin = answer.at("origin").get<std::string>(),
                     .server = answer.at("server").get<std::string>()};
  });
}

std::string EncodeError(const Error& error) {
  const auto* kind = std::find_if(kKinds.begin(), kKinds.end(),
                                  [&](const auto& entry) { return entry.first == error.kind(); });
  return ToLine({{"error", {{"kind", kind->second}, {"message", error.what()}}}});
}

}  // namespace runtime::git
