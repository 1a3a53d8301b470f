// Git's object ids, computed while data streams by: SHA-1 over "TYPE SIZE\0" and the content.
#pragma once

#include <git2.h>

#include <cstdint>
#include <memory>
#include <string_view>

namespace runtime::git {

class ObjectHash {
 public:
  // `type`: "blob" or "tree".
  ObjectHash(std::string_view type, uint64_t size);
  ~ObjectHash();
  ObjectHash(const ObjectHash&) = delete;
  ObjectHash& operator=(const ObjectHash&) = delete;
  void Update(std::string_view data);
  git_oid Finish();

  static git_oid Of(std::string_view type, std::string_view content);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace runtime::git
