// TreeCopier: puts copies of entries into one directory. The insides of CopyTree (copy.h).
#pragma once

#include <map>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "runtime/base/fd.h"
#include "runtime/layer/copy.h"
#include "runtime/layer/tar_entry.h"

namespace runtime::layer {

class TreeCopier {
 public:
  // Copies go beneath the directory `to`, which stays the caller's. Paths are relative to it and
  // never lead through a link.
  TreeCopier(int to, const CopyOptions& options, std::stop_token stop)
      : to_(to), options_(options), stop_(std::move(stop)) {}

  // Everything below the directory `from`, or in a stack of them, lowest first.
  void CopyContent(const std::vector<int>& from);
  // An open regular file.
  void CopyFile(int from, const std::string& path);
  // Owner, mode, extended attributes, times: for a file or directory that is complete.
  void CopyAttributes(int from, int to) const;

  const CopyResult& result() const { return result_; }

 private:
  // A directory whose attributes are set when everything in it is there.
  struct Pending {
    std::string path;
    struct stat st = {};
    std::vector<Attribute> attributes;
    bool opaque = false;
  };
  void CopyEntry(const TreeWalk::Entry& entry);
  void CopyLink(const TreeWalk::Entry& entry);
  void LinkEntry(const TreeWalk::Entry& entry);
  void EnterDirectory(const TreeWalk::Entry& entry);
  // Completes the directories that don't contain `path`.
  void LeaveDirectories(const std::string& path);
  void SetAttributes(int to, const struct stat& st, const std::vector<Attribute>& attributes) const;
  CopyOptions::Owner OwnerOf(const struct stat& st) const;
  // The open directory of `path`, and the last name in `name`.
  int Parent(const std::string& path, std::string& name);
  bool LinkToCopy(const std::string& copy, ino_t inode, const std::string& path);
  // Makes room for a file or link.
  static void RemoveOther(int parent, const std::string& name);

  int to_;
  CopyOptions options_;
  std::stop_token stop_;
  CopyResult result_;
  std::string parent_path_;
  base::UniqueFd parent_;
  std::vector<Pending> pending_;
  // By the source's device and inode: the copy's path and inode.
  std::map<std::pair<dev_t, ino_t>, std::pair<std::string, ino_t>> copies_;
};

}  // namespace runtime::layer
