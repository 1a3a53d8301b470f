#include "runtime/image/ref_files.h"

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "runtime/base/error.h"
#include "runtime/base/files.h"
#include "runtime/image/draft_file.h"
#include "runtime/image/manifest.h"
#include "runtime/image/strict_json.h"

namespace runtime::image {
namespace fs = std::filesystem;
namespace {

using base::Error;
using base::ErrorKind;
using nlohmann::json;

constexpr std::string_view kRemovedPrefix = ".removed-";
constexpr size_t kMaxRefBytes = 64u << 10;
constexpr size_t kMaxFileName = 255;  // NAME_MAX

bool IsPlain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '_' || c == '-';
}

std::string Encode(std::string_view name) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : name) {
    if (IsPlain(c)) {
      encoded += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      encoded += {'%', kDigits[byte >> 4], kDigits[byte & 15]};
    }
  }
  return encoded;
}

std::string Decode(std::string_view encoded) {
  std::string name;
  for (size_t i = 0; i < encoded.size(); ++i) {
    unsigned byte = 0;
    if (encoded[i] == '%' && i + 2 < encoded.size() &&
        std::sscanf(std::string(encoded.substr(i + 1, 2)).c_str(), "%2X", &byte) == 1) {
      name += static_cast<char>(byte);
      i += 2;
    } else {
      name += encoded[i];
    }
  }
  return name;
}

fs::path PathOf(const base::StateDir& state, std::string_view name) {
  return state.refs() / Encode(name);
}

fs::path RemovedPath(const base::StateDir& state, const base::Digest& manifest) {
  return state.refs() / (std::string(kRemovedPrefix) + manifest.hex());
}

// "debian" and "docker.io/library/debian" are one image to everybody but a file name.
std::optional<Reference> OtherSpelling(const Reference& name) {
  static constexpr char kHub[] = "docker.io";
  static constexpr std::string_view kLibrary = "library/";
  Reference other = name;
  if (name.host.empty()) {
    other.host = kHub;
    if (name.path.find('/') == std::string::npos) {
      other.path = std::string(kLibrary) + name.path;
    }
    return other;
  }
  if (name.host != kHub) {
    return std::nullopt;
  }
  other.host.clear();
  if (name.path.starts_with(kLibrary)) {
    other.path.erase(0, kLibrary.size());
  }
  return other;
}

std::string StoredName(const base::StateDir& state, const Reference& name) {
  const std::string own = name.ToString();
  const auto is_there = [&](const std::string& text) {
    const std::string file = Encode(text);
    return file.size() <= kMaxFileName && ::access((state.refs() / file).c_str(), F_OK) == 0;
  };
  if (is_there(own)) {
    return own;
  }
  const std::optional<Reference> other = OtherSpelling(name);
  return other && is_there(other->ToString()) ? other->ToString() : std::string();
}

std::optional<Ref> ReadRef(const base::StateDir& state, const std::string& name) {
  const fs::path path = PathOf(state, name);
  const std::optional<std::string> text = base::ReadFileIfExists(path, kMaxRefBytes);
  if (!text) {
    return std::nullopt;
  }
  try {
    return Ref{name, ParseDescriptor(ParseStrictJson(*text, "descriptor"), "descriptor")};
  } catch (const Error& e) {
    throw Error(ErrorKind::kInvalid, "reference " + name + " is damaged (" + path.string() + ": " +
                                         e.what() + "); remove it: runner image rm " + name);
  }
}

}  // namespace

std::optional<Ref> FindRef(const base::StateDir& state, const Reference& name) {
  const std::string stored = StoredName(state, name);
  return stored.empty() ? std::nullopt : ReadRef(state, stored);
}

bool HasRef(const base::StateDir& state, const Reference& name) {
  return !StoredName(state, name).empty();
}

std::vector<Ref> ListRefs(const base::StateDir& state) {
  std::vector<Ref> refs;
  for (const fs::directory_entry& entry : fs::directory_iterator(state.refs())) {
    const std::string name = Decode(entry.path().filename().string());
    const std::optional<Reference> reference = Reference::Parse(name);
    if (!reference || reference->ToString() != name) {
      continue;  // A note, or nothing of ours.
    }
    if (std::optional<Ref> ref = ReadRef(state, name)) {
      refs.push_back(std::move(*ref));
    }
  }
  std::sort(refs.begin(), refs.end(), [](const Ref& a, const Ref& b) { return a.name < b.name; });
  return refs;
}

void WriteRef(const base::StateDir& state, const Ref& ref) {
  if (Encode(ref.name).size() > kMaxFileName) {
    throw Error(ErrorKind::kUsage, "the image name is too long: " + ref.name);
  }
  // Not beside it under a temporary name, which would read as a reference too.
  DraftFile file(state);
  file.Write(DescriptorToJson(ref.manifest).dump());
  file.Publish(PathOf(state, ref.name));
  FlushDirectory(state.refs());
}

bool RemoveRef(const base::StateDir& state, const Reference& name) {
  const std::string stored = StoredName(state, name);
  if (stored.empty()) {
    return false;
  }
  std::optional<base::Digest> manifest;
  try {
    if (const std::optional<Ref> ref = ReadRef(state, stored)) {
      manifest = ref->manifest.digest;
    }
  } catch (const Error&) {
    // Which image it meant is lost; the reference can still go.
  }
  // A rename needs no room, so that a full disk doesn't forbid it.
  const fs::path path = PathOf(state, stored);
  const int failed = manifest ? ::rename(path.c_str(), RemovedPath(state, *manifest).c_str())
                              : ::unlink(path.c_str());
  if (failed != 0 && errno != ENOENT) {
    throw Error::FromErrno("remove " + path.string());
  }
  FlushDirectory(state.refs());
  return failed == 0;
}

void NoteRemoved(const base::StateDir& state, const base::Digest& manifest) {
  base::OpenFile(RemovedPath(state, manifest), O_WRONLY | O_CREAT);
}

std::vector<base::Digest> ListRemoved(const base::StateDir& state) {
  std::vector<base::Digest> removed;
  for (const fs::directory_entry& entry : fs::directory_iterator(state.refs())) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with(kRemovedPrefix)) {
      if (auto digest = base::Digest::Parse("sha256:" + name.substr(kRemovedPrefix.size()))) {
        removed.push_back(*digest);
      }
    }
  }
  return removed;
}

void ForgetRemoved(const base::StateDir& state, const base::Digest& manifest) {
  ::unlink(RemovedPath(state, manifest).c_str());
}

void RewriteIndex(const base::StateDir& state) {
  const base::FileLock lock(state.locks() / "index");
  json manifests = json::array();
  for (const Ref& ref : ListRefs(state)) {
    json entry = DescriptorToJson(ref.manifest);
    entry["annotations"] = {{"org.opencontainers.image.ref.name", ref.name},
                            {"io.containerd.image.name", ref.name}};
    manifests.push_back(std::move(entry));
  }
  const json index = {
      {"schemaVersion", 2}, {"mediaType", kIndexType}, {"manifests", std::move(manifests)}};
  base::WriteFileAtomically(state.root() / "oci-layout", R"({"imageLayoutVersion":"1.0.0"})");
  base::WriteFileAtomically(state.root() / "index.json", index.dump());
}

}  // namespace runtime::image
