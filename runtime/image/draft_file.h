// DraftFile: a file that appears whole or not at all.
#pragma once

#include <filesystem>
#include <string_view>

#include "runtime/base/fd.h"
#include "runtime/base/state_dir.h"

namespace runtime::image {

// Lies in the state directory's tmp/ until published; removed otherwise.
class DraftFile {
 public:
  explicit DraftFile(const base::StateDir& state);
  DraftFile(const DraftFile&) = delete;
  DraftFile& operator=(const DraftFile&) = delete;
  ~DraftFile();

  // Throws Error (kNoSpace) when the disk is full.
  void Write(std::string_view data);
  // Flushes and closes: nothing is written after. May be called twice.
  void Finish();
  // Finishes and renames to `path`, replacing what is there. Once.
  void Publish(const std::filesystem::path& path);

 private:
  std::filesystem::path path_;
  base::UniqueFd fd_;
  base::UniqueFd held_;  // outlives fd_: until it is published, no sweep takes it
  uint64_t written_ = 0;
  uint64_t started_ = 0;  // up to here the kernel was asked to write to disk already
};

// Makes what was renamed or removed in a directory last. Throws Error.
void FlushDirectory(const std::filesystem::path& directory);

}  // namespace runtime::image
