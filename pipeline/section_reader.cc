#include "pipeline/section_reader.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>

#include "pipeline/key_fixer.h"
#include "pipeline/suggestion.h"
#include "runtime/base/text.h"
#include "runtime/base/units.h"

namespace pipeline {
namespace {

using Kind = YamlNode::Kind;

bool IsScalar(const YamlNode& node) { return node.kind == Kind::kScalar; }

// The part of the value that doesn't have the shape; nothing when all is well.
const YamlNode* FindMisshapen(ValueType type, const YamlNode& value) {
  switch (type) {
    case ValueType::kAny:
      return nullptr;
    case ValueType::kMap:
    case ValueType::kNamedMaps:
    case ValueType::kMatrix:
      return value.kind == Kind::kMap ? nullptr : &value;
    case ValueType::kOptionalMap:
      return value.kind == Kind::kMap || value.kind == Kind::kNull ? nullptr : &value;
    case ValueType::kMapOrList:
      return value.kind == Kind::kMap || value.kind == Kind::kList ? nullptr : &value;
    case ValueType::kTextMap:
      if (value.kind != Kind::kMap) {
        return &value;
      }
      for (const YamlNode::Entry& entry : value.entries) {
        if (!IsScalar(*entry.value) && entry.value->kind != Kind::kNull) {
          return entry.value.get();
        }
      }
      return nullptr;
    case ValueType::kNamesOrMap:
    case ValueType::kTextsOrMap:
      return value.kind == Kind::kMap ? nullptr : FindMisshapen(ValueType::kTexts, value);
    case ValueType::kTextOrMap:
    case ValueType::kCountOrMap:
      return value.kind == Kind::kMap || IsScalar(value) ? nullptr : &value;
    case ValueType::kTexts:
    case ValueType::kTextList:
      if (value.kind != Kind::kList) {
        return type == ValueType::kTexts && IsScalar(value) ? nullptr : &value;
      }
      for (const YamlNodePtr& item : value.items) {
        if (!IsScalar(*item)) {
          return item.get();
        }
      }
      return nullptr;
    default:
      return IsScalar(value) ? nullptr : &value;
  }
}

// Its own keys say whether they take expressions.
bool IsSection(ValueType type) {
  return type == ValueType::kMap || type == ValueType::kOptionalMap ||
         type == ValueType::kMapOrList || type == ValueType::kNamedMaps ||
         type == ValueType::kMatrix;
}

bool HoldsExpression(const YamlNode& node) {
  if (node.text.find("${{") != std::string::npos) {
    return true;
  }
  for (const YamlNodePtr& item : node.items) {
    if (item->text.find("${{") != std::string::npos) {
      return true;
    }
  }
  for (const YamlNode::Entry& entry : node.entries) {
    if ((entry.key + entry.value->text).find("${{") != std::string::npos) {
      return true;
    }
  }
  return false;
}

std::string_view Describe(const YamlNode& node) {
  switch (node.kind) {
    case Kind::kNull:
      return "nothing";
    case Kind::kScalar:
      return "a text";
    case Kind::kList:
      return "a list";
    case Kind::kMap:
      return "a map";
  }
  return "";
}

void AddUnknownKey(const YamlNode::Entry& entry, Section section, KeyFixer& fixer,
                   Findings& findings) {
  const std::string name = "`" + entry.key + "`";
  if (const ForeignKey* foreign = FindForeignKey(entry.key)) {
    findings.Add(entry.at, "E102",
                 name + " is a key of another system; " + std::string(foreign->advice),
                 fixer.Translate(entry, *foreign));
    return;
  }
  std::vector<std::string_view> names;
  std::string all;
  for (const Key& key : Keys()) {
    if (key.section == section && IsReleased(key)) {
      names.push_back(key.name);
      all += (all.empty() ? "" : ", ") + std::string(key.name);
    }
  }
  std::vector<std::string> closest;
  if (!findings.full()) {
    closest = ClosestNames(entry.key, names);
  }
  findings.Add(
      entry.at, "E101",
      name + " isn't a key of " + std::string(ToString(section)) + "; " +
          (closest.empty() ? "its keys are " + all : "did you mean `" + closest.front() + "`?"),
      closest.size() == 1 ? fixer.Rename(entry, closest.front()) : std::vector<Edit>());
}

void AddBadValue(const YamlNode::Entry& entry, std::string_view code, ValueType type,
                 Findings& findings) {
  findings.Add(entry.value->at, code,
               "`" + entry.key + "` must be " + std::string(Describe(type)) + ", not \"" +
                   entry.value->text + "\"");
}

}  // namespace

void ReadSection(const YamlNode& map, Section section, Findings& findings, const VisitKey& visit) {
  if (map.kind != Kind::kMap) {
    findings.Add(map.at, "E104",
                 std::string(ToString(section)) + " must be a map of keys, not " +
                     std::string(Describe(map)));
    return;
  }
  KeyFixer fixer(map, section, findings);
  for (const YamlNode::Entry& entry : map.entries) {
    const Key* key = FindKey(section, entry.key);
    if (key == nullptr) {
      AddUnknownKey(entry, section, fixer, findings);
    } else if (!IsReleased(*key)) {
      findings.Add(
          entry.at, "E103",
          "`" + entry.key + "` of " + std::string(ToString(section)) + " is not in this version" +
              (key->help.empty() ? "" : " (" + std::string(key->help) + ")") + "; remove it");
    } else if (const YamlNode* wrong = FindMisshapen(key->type, *entry.value)) {
      const bool inside = wrong != entry.value.get();
      findings.Add(wrong->at, "E104",
                   "`" + entry.key + "` must be " + std::string(Describe(key->type)) + ", not " +
                       std::string(Describe(*wrong)) + (inside ? " inside" : ""));
    } else if (key->status == KeyStatus::kPlain && !IsSection(key->type) &&
               HoldsExpression(*entry.value)) {
      findings.Add(entry.value->at, "E404",
                   "`" + entry.key + "` takes no `${{ }}`; write the text itself");
    } else {
      visit(*key, entry);
    }
  }
}

bool HasShape(ValueType type, const YamlNode& value) {
  return FindMisshapen(type, value) == nullptr;
}

std::vector<const YamlNode*> TextNodes(const YamlNode& value) {
  if (value.kind == YamlNode::Kind::kScalar) {
    return {&value};
  }
  std::vector<const YamlNode*> nodes;
  for (const YamlNodePtr& item : value.items) {
    nodes.push_back(item.get());
  }
  return nodes;
}

std::vector<std::string> ReadTexts(const YamlNode& value) {
  if (value.kind == Kind::kScalar) {
    return {value.text};
  }
  std::vector<std::string> texts;
  for (const YamlNodePtr& item : value.items) {
    texts.push_back(item->text);
  }
  return texts;
}

bool ReadFlag(const YamlNode::Entry& entry, Findings& findings) {
  const std::string& text = entry.value->text;
  if (text != "true" && text != "false") {
    AddBadValue(entry, "E110", ValueType::kFlag, findings);
  }
  return text == "true";
}

std::optional<std::chrono::milliseconds> ReadTimeout(const YamlNode::Entry& entry,
                                                     Findings& findings) {
  const auto duration = runtime::base::ParseDuration(entry.value->text);
  if (!duration || duration->count() <= 0) {
    AddBadValue(entry, "E108", ValueType::kDuration, findings);
    return std::nullopt;
  }
  return duration;
}

std::optional<uint64_t> ReadSize(const YamlNode::Entry& entry, Findings& findings) {
  const std::optional<uint64_t> size = runtime::base::ParseSize(entry.value->text);
  if (!size || *size == 0) {
    AddBadValue(entry, "E109", ValueType::kSize, findings);
    return std::nullopt;
  }
  return size;
}

std::optional<double> ReadNumber(const YamlNode::Entry& entry, Findings& findings) {
  const std::string& text = entry.value->text;
  double number = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(number) ||
      number <= 0 || number > 1e6) {
    AddBadValue(entry, "E110", ValueType::kNumber, findings);
    return std::nullopt;
  }
  return number;
}

std::optional<uint32_t> ReadCount(const YamlNode::Entry& entry, Findings& findings) {
  const auto number = runtime::base::ParseInteger<uint32_t>(entry.value->text);
  if (!number || *number == 0) {
    AddBadValue(entry, "E110", ValueType::kCount, findings);
    return std::nullopt;
  }
  return number;
}

std::optional<size_t> ReadChoice(const Key& key, const YamlNode& value, Findings& findings) {
  const std::vector<std::string_view> choices = WordsOf(key);
  std::string all;
  for (size_t i = 0; i < choices.size(); ++i) {
    if (choices[i] == value.text) {
      return i;
    }
    all += (i == 0 ? "" : i + 1 == choices.size() ? " or " : ", ") + std::string(choices[i]);
  }
  findings.Add(value.at, "E107",
               "`" + std::string(key.name) + "` must be " + all + ", not \"" + value.text + "\"" +
                   DidYouMean(value.text, choices));
  return std::nullopt;
}

bool IsName(std::string_view name) {
  return !name.empty() && name.size() <= 63 &&
         std::isalpha(static_cast<unsigned char>(name.front())) != 0 &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-';
         });
}

bool HasKey(const YamlNode& map, std::string_view name) {
  for (const YamlNode::Entry& entry : map.entries) {
    if (entry.key == name) {
      return true;
    }
  }
  return false;
}

void RequireKey(bool present, Position at, Section section, std::string_view name,
                Findings& findings) {
  if (present) {
    return;
  }
  const Key* key = FindKey(section, name);
  findings.Add(at, "E105",
               std::string(ToString(section)) + " needs `" + std::string(name) +
                   "`: " + std::string(key->help));
}

}  // namespace pipeline
