// The keys of a pipeline file: one table that validation, messages and documentation follow.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace pipeline {

enum class Section {
  kFile,
  kOn,
  kOnPush,
  kOnPullRequest,
  kOnManual,
  kInput,
  kConcurrency,
  kService,
  kReady,
  kCache,
  kSecret,
  kClone,
  kStep,
  kImageBuild,
  kPush,
  kTests,
  kArtifacts,
  kLimits,
  kRetry
};
std::string_view ToString(Section section);  // "a step", "`tests`", ... for messages

enum class ValueType {
  kText,
  kTexts,     // one text or a list of them
  kTextList,  // a list of texts
  kTextMap,   // names to texts
  kFlag,      // true or false
  kDuration,
  kSize,
  kNumber,
  kCount,        // whole number from 1
  kMap,          // a section of its own
  kNamedMaps,    // names, each with a section of its own
  kMatrix,       // axes with values, include, exclude
  kOptionalMap,  // a section of its own, or nothing
  kMapOrList,
  kNamesOrMap,  // one text, a list of them, or names with values of their own
  kTextOrMap,   // the short form of one of its keys, or a section of its own
  kTextsOrMap,  // likewise
  kCountOrMap,
  kAny
};
// "a text", "a duration such as 10m", ...
std::string_view Describe(ValueType type);

// The kinds of step that a key of a step goes with, as bits.
enum StepKinds : unsigned {
  kRunStep = 1,
  kArgvStep = 2,
  kImageBuildStep = 4,
  kPushStep = 8,
  kCommandSteps = kRunStep | kArgvStep,
  kEveryStep = 15
};

enum class KeyStatus {
  kLater,     // of a later version; its help says why, for the finding
  kPlain,     // its texts are what they say
  kTemplate,  // its texts may hold `${{ }}`
};

// What a value may be, as far as the type doesn't say it.
struct KeyValues {
  std::string_view fallback = "";  // what holds without the key; empty: see the help
  std::string_view words = "";     // all that it may be, with blanks between; empty: any
  std::optional<Section> inner = std::nullopt;  // whose keys a map value has
};

struct Key {
  Section section;
  std::string_view name;
  ValueType type;
  KeyStatus status;
  unsigned kinds;  // of a step's key
  std::string_view help;
  KeyValues values = {};
};
// In this version: a key that isn't is refused (E103).
bool IsReleased(const Key& key);
std::span<const Key> Keys();
const Key* FindKey(Section section, std::string_view name);
// KeyValues::words one by one.
std::vector<std::string_view> WordsOf(const Key& key);

// A key that other CI systems have.
struct ForeignKey {
  std::string_view name;
  std::string_view advice;  // what to write in its place
  std::string_view ours;    // our key, where its value means the same; else empty
};
const ForeignKey* FindForeignKey(std::string_view name);

}  // namespace pipeline
