// Reads the keys of one section after the key table, and their values.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/findings.h"
#include "pipeline/key_table.h"
#include "pipeline/yaml_node.h"

namespace pipeline {

// Calls `visit` for each entry of `map` whose key belongs to the section and whose value has the
// shape that the table names (lists and maps hold scalars where it says texts). All other entries
// become findings: unknown, foreign, of a later version, wrong shape. A `map` that is no map is
// one finding.
using VisitKey = std::function<void(const Key&, const YamlNode::Entry&)>;
void ReadSection(const YamlNode& map, Section section, Findings& findings, const VisitKey& visit);

// The value's shape was checked by ReadSection; a value that can't be read is a finding.
std::vector<std::string> ReadTexts(const YamlNode& value);
// The text itself, or those of the list.
std::vector<const YamlNode*> TextNodes(const YamlNode& value);
bool ReadFlag(const YamlNode::Entry& entry, Findings& findings);
std::optional<std::chrono::milliseconds> ReadTimeout(const YamlNode::Entry& entry,
                                                     Findings& findings);
std::optional<uint64_t> ReadSize(const YamlNode::Entry& entry, Findings& findings);
std::optional<double> ReadNumber(const YamlNode::Entry& entry, Findings& findings);
std::optional<uint32_t> ReadCount(const YamlNode::Entry& entry, Findings& findings);
// The place of the value among the words that the table has for the key.
std::optional<size_t> ReadChoice(const Key& key, const YamlNode& value, Findings& findings);

// Can it be a name that expressions mention after a dot (an axis, an input)?
bool IsName(std::string_view name);
inline constexpr std::string_view kNameRule =
    "letters, digits, '_' and '-', a letter first, at most 63";

// Whether the value has the shape that the table names.
bool HasShape(ValueType type, const YamlNode& value);

bool HasKey(const YamlNode& map, std::string_view name);

// "a step needs `image`: ..." when `present` is false.
void RequireKey(bool present, Position at, Section section, std::string_view name,
                Findings& findings);

}  // namespace pipeline
