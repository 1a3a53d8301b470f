#include "runner/result_store.h"

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <vector>

#include "runtime/base/digest.h"
#include "runtime/base/error.h"
#include "runtime/base/files.h"
#include "runtime/container/disk_usage.h"
#include "runtime/layer/copy.h"

namespace runner {
namespace {

namespace base = runtime::base;
namespace fs = std::filesystem;
namespace layer = runtime::layer;
using nlohmann::json;
using pipeline::StepKeyParts;

constexpr size_t kMaxRecordBytes = 16u << 20;

// A host that stopped without its disks' caches written may have lost what the links lead to; it
// never says so. Results are of the host's life that made them.
std::string BootId() { return base::ReadFile("/proc/sys/kernel/random/boot_id", 64); }

layer::LayerId LayerOf(const fs::path& record) { return "result-" + record.filename().string(); }

// Values may be long, and aren't for others to read.
StepKeyParts DigestsOf(const StepKeyParts& parts) {
  StepKeyParts digests;
  for (const auto& [name, value] : parts) {
    digests[name] = base::Digest::Of(value).hex();
  }
  return digests;
}

// Of this step: two steps never have one layer.
std::string KeyIn(std::string_view step, const StepKeyParts& parts) {
  return base::Digest::Of(std::string(step) + '\0' + pipeline::KeyOf(parts)).hex();
}

timespec LastUse(const fs::path& record) {
  struct stat st = {};
  ::stat(record.c_str(), &st);
  return st.st_mtim;
}

// The last used first.
std::vector<fs::path> RecordsIn(const fs::path& step) {
  std::vector<std::pair<timespec, fs::path>> records;
  for (const fs::directory_entry& entry : fs::directory_iterator(step)) {
    records.emplace_back(LastUse(entry.path()), entry.path());
  }
  std::sort(records.begin(), records.end(), [](const auto& a, const auto& b) {
    return std::pair(a.first.tv_sec, a.first.tv_nsec) > std::pair(b.first.tv_sec, b.first.tv_nsec);
  });
  std::vector<fs::path> paths;
  for (auto& [used, path] : records) {
    paths.push_back(std::move(path));
  }
  return paths;
}

}  // namespace

std::string ResultOwner(const std::string& clone_url, const std::string& step) {
  return clone_url + '\0' + step;
}

struct ResultStore::Record {
  KeptResult result;
  StepKeyParts digests;
  std::string boot;
  bool has_layer = false;
  uint64_t bytes = 0;  // of the layer
};

fs::path ResultStore::Path(std::string_view step) const {
  return state_.results() / base::Digest::Of(step).hex();
}

std::optional<ResultStore::Record> ResultStore::Read(const fs::path& file) {
  const std::optional<std::string> text = base::ReadFileIfExists(file, kMaxRecordBytes);
  if (!text) {
    return std::nullopt;
  }
  try {
    const json j = json::parse(*text);
    return Record{.result = {.run = j.at("run"),
                             .outputs = j.at("outputs").get<std::map<std::string, std::string>>(),
                             .summary = j.at("summary")},
                  .digests = j.at("inputs").get<StepKeyParts>(),
                  .boot = j.at("boot"),
                  .has_layer = j.at("layer"),
                  .bytes = j.at("bytes")};
  } catch (const json::exception&) {
    return std::nullopt;  // Of another version of this program.
  }
}

std::string ResultStore::WhyNot(const fs::path& step, const StepKeyParts& digests) {
  for (const fs::path& path : RecordsIn(step)) {
    if (const std::optional<Record> record = Read(path)) {
      return "not as in run " + record->result.run + ": " +
             pipeline::WhatChanged(record->digests, digests);
    }
  }
  return "no run left a result of it";
}

std::optional<KeptResult> ResultStore::Take(std::string_view step, const StepKeyParts& parts,
                                            const fs::path& files, std::string& why_not) const {
  const StepKeyParts digests = DigestsOf(parts);
  const base::UniqueFd lock = base::OpenLockedDirectory(Path(step), LOCK_SH);
  if (!lock) {
    why_not = "no run left a result of it";
    return std::nullopt;
  }
  const fs::path path = Path(step) / KeyIn(step, parts);
  const std::optional<Record> record = Read(path);
  if (!record) {
    why_not = WhyNot(Path(step), digests);
    return std::nullopt;
  }
  if (record->boot != BootId()) {
    why_not = "the result of run " + record->result.run + " is from before this host started";
    return std::nullopt;
  }
  if (record->has_layer) {
    if (!layers_.Has(LayerOf(path))) {
      why_not = "the files that run " + record->result.run + " left are gone";
      return std::nullopt;
    }
    layer::LinkLayer(layers_.Directories(LayerOf(path)), files);
  }
  ::utimensat(AT_FDCWD, path.c_str(), nullptr, 0);  // Used now, for Prune().
  return record->result;
}

ResultStore::Prospect ResultStore::Foresee(std::string_view step, const StepKeyParts& known) const {
  Prospect prospect;
  const base::UniqueFd lock = base::OpenLockedDirectory(Path(step), LOCK_SH);
  for (const fs::path& path : lock ? RecordsIn(Path(step)) : std::vector<fs::path>()) {
    const std::optional<Record> record = Read(path);
    if (!record || record->boot != BootId()) {
      continue;
    }
    StepKeyParts same = record->digests;
    for (const auto& [name, digest] : DigestsOf(known)) {
      same[name] = digest;
    }
    if (same == record->digests) {
      return {.run = record->result.run, .why_not = ""};
    }
    if (prospect.why_not.empty()) {
      prospect.why_not = "not as in run " + record->result.run + ": " +
                         pipeline::WhatChanged(record->digests, same);
    }
  }
  if (prospect.why_not.empty()) {
    prospect.why_not = "no run left a result of it";
  }
  return prospect;
}

void ResultStore::Save(std::string_view step, const StepKeyParts& parts, const KeptResult& result,
                       const fs::path& made) const {
  base::TemporaryDirectory draft = layers_.NewDraft();
  uint64_t bytes = 0;
  if (!made.empty()) {
    base::MakeDirectories(draft.path() / "fs", 0755);
    layer::LinkLayer({made}, draft.path() / "fs");
    bytes = runtime::container::BytesBelow(made, UINT64_MAX).value_or(0);
  }
  base::UniqueFd lock;
  while (!lock) {
    base::MakeDirectories(Path(step), 0700);
    lock = base::OpenLockedDirectory(Path(step), LOCK_EX);
  }
  const fs::path path = Path(step) / KeyIn(step, parts);
  Remove(path);
  const json record = {{"run", result.run},
                       {"outputs", result.outputs},
                       {"summary", result.summary},
                       {"inputs", DigestsOf(parts)},
                       {"boot", BootId()},
                       {"layer", !made.empty()},
                       {"bytes", bytes}};
  base::WriteFileAtomically(path, record.dump(-1, ' ', false, json::error_handler_t::replace),
                            base::Durability::kNoFlush);
  if (!made.empty()) {
    layers_.Publish(std::move(draft), LayerOf(path));
  }
  const std::vector<fs::path> records = RecordsIn(Path(step));
  for (size_t i = kMaxResults; i < records.size(); ++i) {
    Remove(records[i]);
  }
}

void ResultStore::Remove(const fs::path& record) const {
  layers_.Remove(LayerOf(record));
  fs::remove(record);
}

void ResultStore::Prune(uint64_t max_bytes) const noexcept {
  try {
    uint64_t total = 0;
    std::vector<std::pair<timespec, fs::path>> records;
    for (const fs::directory_entry& step : fs::directory_iterator(state_.results())) {
      for (const fs::path& path : RecordsIn(step.path())) {
        records.emplace_back(LastUse(path), path);
        const std::optional<Record> record = Read(path);
        total += record ? record->bytes : 0;
      }
    }
    std::sort(records.begin(), records.end(), [](const auto& a, const auto& b) {
      return std::pair(a.first.tv_sec, a.first.tv_nsec) <
             std::pair(b.first.tv_sec, b.first.tv_nsec);
    });
    for (const auto& [used, path] : records) {
      if (total <= max_bytes) {
        break;
      }
      const base::UniqueFd lock = base::OpenLockedDirectory(path.parent_path(), LOCK_EX | LOCK_NB);
      if (const std::optional<Record> record = lock ? Read(path) : std::nullopt) {
        Remove(path);
        total -= std::min(total, record->bytes);
      }
    }
  } catch (const std::exception&) {
    // What couldn't be removed is so the next time.
  }
}

}  // namespace runner
