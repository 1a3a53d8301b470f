#include "pipeline/key_fixer.h"

#include <algorithm>
#include <optional>
#include <string>

#include "pipeline/section_reader.h"

namespace pipeline {
namespace {

bool IsWholeNumber(const YamlNode& value) {
  return value.kind == YamlNode::Kind::kScalar && !value.text.empty() && value.text.size() <= 6 &&
         std::all_of(value.text.begin(), value.text.end(),
                     [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

std::vector<Edit> KeyFixer::Rename(const YamlNode::Entry& entry, std::string_view ours) {
  const Key* key = FindKey(section_, ours);
  if (key == nullptr || !IsReleased(*key) || HasKey(map_, ours) ||
      std::find(given_.begin(), given_.end(), key->name) != given_.end() || IsRival(entry, ours) ||
      !HasShape(key->type, *entry.value)) {
    return {};
  }
  std::optional<Edit> edit = findings_.Replace(entry.at, entry.key, std::string(ours));
  if (!edit) {
    return {};
  }
  given_.push_back(key->name);
  return {*std::move(edit)};
}

// Whether another foreign key of the map means the same.
bool KeyFixer::IsRival(const YamlNode::Entry& entry, std::string_view ours) const {
  return std::any_of(map_.entries.begin(), map_.entries.end(), [&](const YamlNode::Entry& other) {
    const ForeignKey* foreign = other.key == entry.key ? nullptr : FindForeignKey(other.key);
    return foreign != nullptr && foreign->ours == ours;
  });
}

std::vector<Edit> KeyFixer::Translate(const YamlNode::Entry& entry, const ForeignKey& foreign) {
  if (foreign.ours.empty()) {
    return {};
  }
  const Key* key = FindKey(section_, foreign.ours);
  std::optional<Edit> unit;
  if (key != nullptr && key->type == ValueType::kDuration) {
    if (IsWholeNumber(*entry.value)) {
      unit = findings_.Replace(entry.value->at, entry.value->text, entry.value->text + "m");
    }
    if (!unit) {
      return {};
    }
  }
  std::vector<Edit> edits = Rename(entry, foreign.ours);
  if (unit && !edits.empty()) {
    edits.push_back(*std::move(unit));
  }
  return edits;
}

}  // namespace pipeline
