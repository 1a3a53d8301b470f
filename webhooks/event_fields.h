// The few values of a webhook's JSON that are used, picked out of a stream.
//
// The document is never held as a tree: memory doesn't grow with what a payload carries beside.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace webhooks {

class EventFields {
 public:
  // Reads the values at `paths` ("head_commit.message": keys of nested objects, joined by dots;
  // arrays are passed over). Answers what is wrong with the document: not one JSON object, nested
  // deeper than 64, a wanted key given twice, or a wanted string longer than 64 KiB.
  std::optional<std::string> Read(std::string_view json, const std::set<std::string>& paths);

  // The string at `path`; empty when it is missing, null or not a string.
  std::string Text(const std::string& path) const;
  // True only for the JSON value true.
  bool Flag(const std::string& path) const;
  // The whole number from 0 at `path`; nothing when it is missing or something else.
  std::optional<uint64_t> Number(const std::string& path) const;

 private:
  std::map<std::string, std::string> texts_;
  std::map<std::string, bool> flags_;
  std::map<std::string, uint64_t> numbers_;
};

}  // namespace webhooks
