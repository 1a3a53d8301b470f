#include "pipeline/json_schema.h"

#include <nlohmann/json.hpp>

#include <array>
#include <string_view>
#include <utility>
#include <vector>

#include "pipeline/key_table.h"

namespace pipeline {
namespace {

// Keys in the order of the table, so that an editor proposes them in it.
using json = nlohmann::ordered_json;

constexpr char kStepName[] = "^(?!clone$)[A-Za-z0-9][A-Za-z0-9_-]{0,62}$";
constexpr char kVariableName[] = "^(?!RUNNER_)[A-Za-z_][A-Za-z0-9_]*$";
constexpr char kDuration[] = "^([0-9]+(\\.[0-9]+)?(ms|s|min|m|h|d))+$";
constexpr char kSize[] = "^[0-9]+(\\.[0-9]+)?([kKmMgGtT]([iI]?[bB])?|[bB])?$";

struct RequiredKey {
  Section section;
  std::string_view key;
};
constexpr std::array<RequiredKey, 7> kRequired = {{
    {Section::kFile, "steps"},
    {Section::kImageBuild, "from"},
    {Section::kPush, "image"},
    {Section::kPush, "to"},
    {Section::kTests, "junit"},
    {Section::kArtifacts, "paths"},
    {Section::kRetry, "times"},
}};

constexpr std::array<std::pair<StepKinds, std::string_view>, 4> kActions = {{
    {kRunStep, "run"},
    {kArgvStep, "argv"},
    {kImageBuildStep, "image-build"},
    {kPushStep, "push"},
}};

// A scalar: the reader takes the text of a number or of true as it is written.
json Text() { return {{"type", {"string", "number", "boolean"}}}; }

json TextOf(const Key& key) {
  const std::vector<std::string_view> words = WordsOf(key);
  return words.empty() ? Text() : json{{"enum", words}};
}

json List(json items) { return {{"type", "array"}, {"items", std::move(items)}}; }

json AnyOf(std::initializer_list<json> choices) { return {{"anyOf", json::array_t(choices)}}; }

json Pattern(const char* pattern) { return {{"type", "string"}, {"pattern", pattern}}; }

json Nothing() { return {{"type", "null"}}; }

json SectionSchema(Section section);

// The keys of `section` that are in this version.
json NamesOf(Section section) {
  json names = json::array();
  for (const Key& key : Keys()) {
    if (key.section == section && IsReleased(key)) {
      names.push_back(key.name);
    }
  }
  return {{"enum", std::move(names)}};
}

json StepSchema(bool in_list) {
  json step = SectionSchema(Section::kStep);
  if (in_list) {
    step["required"] = {"name"};
  } else {
    step["properties"].erase("name");
  }
  json actions = json::array();
  for (const auto& [kind, action] : kActions) {
    json properties = json::object();
    for (const Key& key : Keys()) {
      if (key.section == Section::kStep && (key.kinds & kind) == 0) {
        properties[std::string(key.name)] = false;
      }
    }
    json required = {action};
    if ((kind & kCommandSteps) != 0) {
      required.push_back("image");
    }
    actions.push_back({{"required", std::move(required)}, {"properties", std::move(properties)}});
  }
  step["oneOf"] = std::move(actions);
  // `egress` is about a network with a way out.
  step["not"] = {{"required", {"egress", "network"}},
                 {"properties", {{"network", {{"enum", {"none", "job"}}}}}}};
  return step;
}

json StepsSchema() {
  json named = {{"type", "object"},
                {"minProperties", 1},
                {"propertyNames", Pattern(kStepName)},
                {"additionalProperties", {{"$ref", "#/definitions/step"}}}};
  json list = List({{"$ref", "#/definitions/step-of-a-list"}});
  list["minItems"] = 1;
  return AnyOf({std::move(named), std::move(list)});
}

json TextMap(const Key& key) {
  json map = {{"type", "object"},
              {"additionalProperties", {{"type", {"string", "number", "boolean", "null"}}}}};
  if (key.name == "env") {
    map["propertyNames"] = Pattern(kVariableName);
  }
  return map;
}

// What has a short form and a long one, which is a section.
json AnySchema(const Key& key) {
  if (key.section == Section::kFile && key.name == "on") {
    const json name = NamesOf(Section::kOn);
    return AnyOf({name, List(name), SectionSchema(Section::kOn), Nothing()});
  }
  if (key.values.inner) {
    return AnyOf({Text(), List(Text()), SectionSchema(*key.values.inner)});
  }
  return json::object();
}

json MatrixSchema() {
  const json cells = List({{"type", "object"}, {"additionalProperties", Text()}});
  return {{"type", "object"},
          {"minProperties", 1},
          {"properties", {{"include", cells}, {"exclude", cells}}},
          {"additionalProperties", List(Text())}};
}

// The short form, or the section that it is short for.
json ShortOrSection(const Key& key) {
  if (key.type == ValueType::kTextsOrMap) {
    return AnyOf({Text(), List(Text()), SectionSchema(*key.values.inner)});
  }
  return AnyOf({Text(), SectionSchema(*key.values.inner)});
}

json ValueSchema(const Key& key) {
  switch (key.type) {
    case ValueType::kText:
      return TextOf(key);
    case ValueType::kTexts:
      return AnyOf({TextOf(key), List(TextOf(key))});
    case ValueType::kTextList:
      return List(Text());
    case ValueType::kTextMap:
      return TextMap(key);
    case ValueType::kFlag:
      return {{"enum", {true, false, "true", "false"}}};
    case ValueType::kDuration:
      return Pattern(kDuration);
    case ValueType::kSize:
      return AnyOf({Pattern(kSize), {{"type", "integer"}, {"minimum", 1}}});
    case ValueType::kNumber:
      return AnyOf({{{"type", "number"}, {"exclusiveMinimum", 0}}, Pattern("^[0-9]*\\.?[0-9]+$")});
    case ValueType::kCount:
      return AnyOf({{{"type", "integer"}, {"minimum", 1}}, Pattern("^[1-9][0-9]*$")});
    case ValueType::kMap:
      return SectionSchema(key.values.inner.value());
    case ValueType::kOptionalMap:
      return AnyOf({key.values.inner ? SectionSchema(*key.values.inner) : json{{"type", "object"}},
                    Nothing()});
    case ValueType::kNamedMaps:
      return {
          {"type", "object"},
          {"additionalProperties", AnyOf({SectionSchema(key.values.inner.value()), Nothing()})}};
    case ValueType::kMatrix:
      return MatrixSchema();
    case ValueType::kNamesOrMap:
      return AnyOf({Text(),
                    List(Text()),
                    {{"type", "object"},
                     {"additionalProperties",
                      AnyOf({SectionSchema(key.values.inner.value()), Nothing()})}}});
    case ValueType::kTextOrMap:
    case ValueType::kTextsOrMap:
    case ValueType::kCountOrMap:
      return ShortOrSection(key);
    case ValueType::kMapOrList:
      return StepsSchema();
    case ValueType::kAny:
      return AnySchema(key);
  }
  return json::object();
}

json SectionSchema(Section section) {
  json properties = json::object();
  for (const Key& key : Keys()) {
    if (key.section == section && IsReleased(key)) {
      json value = ValueSchema(key);
      value["description"] = key.help;
      if (!key.values.fallback.empty()) {
        value["description"] =
            std::string(key.help) + "; default: " + std::string(key.values.fallback);
      }
      properties[std::string(key.name)] = std::move(value);
    }
  }
  json schema = {
      {"type", "object"}, {"properties", std::move(properties)}, {"additionalProperties", false}};
  json required = json::array();
  for (const RequiredKey& key : kRequired) {
    if (key.section == section) {
      required.push_back(key.key);
    }
  }
  if (!required.empty()) {
    schema["required"] = std::move(required);
  }
  return schema;
}

// What the git of an image has no use for.
json NotWithCloneImage() {
  return AnyOf(
      {{{"required", {"image", "lfs"}}, {"properties", {{"lfs", {{"enum", {true, "true"}}}}}}},
       {{"required", {"image", "depth"}}, {"properties", {{"depth", {{"enum", {"none"}}}}}}}});
}

}  // namespace

std::string JsonSchema() {
  json schema = {{"$schema", "http://json-schema.org/draft-07/schema#"},
                 {"title", ".runner.yml"},
                 {"description", "A pipeline of runner"}};
  schema.update(SectionSchema(Section::kFile));
  schema["properties"]["clone"]["not"] = NotWithCloneImage();
  schema["definitions"] = {{"step", StepSchema(false)}, {"step-of-a-list", StepSchema(true)}};
  return schema.dump(2) + "\n";
}

}  // namespace pipeline
