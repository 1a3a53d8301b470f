#include "runtime/layer/layer_store.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <memory>

#include "runtime/base/error.h"
#include "runtime/base/terminal_text.h"

namespace runtime::layer {
namespace fs = std::filesystem;
using base::Error;
using base::ErrorKind;
namespace {

constexpr char kRecord[] = "layer.json";
constexpr char kContent[] = "fs";
constexpr char kDiffId[] = "diff-id";
constexpr char kOn[] = "on";

void RequireId(std::string_view id) {
  if (!IsLayerId(id)) {
    throw Error(ErrorKind::kInvalid,
                "not a layer id: " + base::ForMessage(id.substr(0, 256)) +
                    " (at most 200 of [a-zA-Z0-9._-], not starting with a dot)");
  }
}

}  // namespace

bool IsLayerId(std::string_view text) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  };
  return !text.empty() && text.size() <= 200 && text.front() != '.' &&
         std::all_of(text.begin(), text.end(), allowed);
}

std::optional<std::vector<fs::path>> FindLayer(const fs::path& layers, std::string_view id) {
  constexpr size_t kMaxId = 200;
  RequireId(id);
  const auto is_there = [&](const fs::path& layer) {
    return ::access((layer / kRecord).c_str(), F_OK) == 0;
  };
  const fs::path layer = layers / id;
  if (!is_there(layer)) {
    return std::nullopt;
  }
  std::vector<fs::path> directories;
  if (const auto on = base::ReadFileIfExists(layer / kOn, kMaxId)) {
    RequireId(*on);
    if (!is_there(layers / *on)) {
      return std::nullopt;
    }
    directories.push_back(layers / *on / kContent);
  }
  directories.push_back(layer / kContent);
  return directories;
}

bool LayerStore::Has(std::string_view id) const {
  return FindLayer(state_.layers(), id).has_value();
}

std::vector<fs::path> LayerStore::Directories(std::string_view id) const {
  std::optional<std::vector<fs::path>> directories = FindLayer(state_.layers(), id);
  if (!directories) {
    throw Error(ErrorKind::kNotFound, "layer " + std::string(id) + ": not in the store");
  }
  return *std::move(directories);
}

fs::path LayerStore::Path(std::string_view id) const {
  std::vector<fs::path> directories = Directories(id);
  if (directories.size() != 1) {
    throw Error(ErrorKind::kInternal, "layer " + std::string(id) + " stands on another");
  }
  return std::move(directories.front());
}

std::optional<base::Digest> LayerStore::DiffId(std::string_view id) const {
  constexpr size_t kMaxBytes = 128;
  const fs::path layer = Directories(id).back().parent_path();
  const auto text = base::ReadFileIfExists(layer / kDiffId, kMaxBytes);
  return text ? base::Digest::Parse(*text) : std::nullopt;
}

void LayerStore::NoteDiffId(std::string_view id, const base::Digest& diff_id) const {
  base::WriteFileAtomically(Directories(id).back().parent_path() / kDiffId, diff_id.ToString(),
                            base::Durability::kNoFlush);
}

Snapshot LayerStore::Stack(const std::vector<LayerId>& ids) const {
  if (ids.empty()) {
    throw Error(ErrorKind::kInvalid, "stack layers: there is none");
  }
  Snapshot snapshot;
  snapshot.lower.reserve(ids.size());
  for (const LayerId& id : ids) {
    for (fs::path& directory : Directories(id)) {
      snapshot.lower.push_back(std::move(directory));
    }
  }
  return snapshot;
}

base::TemporaryDirectory LayerStore::NewDraft() const {
  return base::TemporaryDirectory(state_.tmp(), "layer");
}

void LayerStore::Publish(base::TemporaryDirectory draft, const LayerId& id,
                         const LayerId& on) const {
  RequireId(id);
  const fs::path& directory = draft.path();
  struct stat st;
  if (::lstat((directory / kContent).c_str(), &st) != 0 || !S_ISDIR(st.st_mode)) {
    throw Error(ErrorKind::kInternal, "publish layer " + id + ": the draft has no directory fs");
  }
  const base::UniqueFd record =
      base::OpenFile(directory / kRecord, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  base::WriteAll(record.get(), "{\"id\":\"" + id + "\"}\n", kRecord);
  if (!on.empty()) {
    Path(on);
    base::WriteFileAtomically(directory / kOn, on, base::Durability::kNoFlush);
  }
  // A published layer isn't empty, so a plain rename never replaces one.
  while (::rename(directory.c_str(), (state_.layers() / id).c_str()) != 0) {
    if (errno != EEXIST && errno != ENOTEMPTY) {
      throw Error::FromErrno("publish layer " + id);
    }
    if (Has(id)) {
      return;
    }
    Remove(id);  // What it stood on is gone.
  }
  draft.Release();
}

void LayerStore::Adopt(const fs::path& directory, const LayerId& id) const {
  RequireId(id);
  base::TemporaryDirectory draft = NewDraft();
  if (::rename(directory.c_str(), (draft.path() / kContent).c_str()) != 0) {
    throw Error::FromErrno("adopt " + directory.string() + " as layer " + id);
  }
  Publish(std::move(draft), id);
}

void LayerStore::Remove(std::string_view id) const {
  RequireId(id);
  const base::TemporaryDirectory grave(state_.trash(), "layer");
  if (::rename((state_.layers() / id).c_str(), (grave.path() / id).c_str()) != 0 &&
      errno != ENOENT) {
    throw Error::FromErrno("remove layer " + std::string(id));
  }
}

std::vector<LayerId> LayerStore::List() const {
  const base::UniqueDir stream(::opendir(state_.layers().c_str()));
  if (!stream) {
    throw Error::FromErrno("list " + state_.layers().string());
  }
  std::vector<LayerId> ids;
  while (const dirent* entry = ::readdir(stream.get())) {
    if (IsLayerId(entry->d_name) && Has(entry->d_name)) {
      ids.emplace_back(entry->d_name);
    }
  }
  std::sort(ids.begin(), ids.end());
  return ids;
}

}  // namespace runtime::layer
