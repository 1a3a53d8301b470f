#include "runtime/image/strict_json.h"

#include <nlohmann/json.hpp>
#include <strings.h>

#include "runtime/base/error.h"

namespace runtime::image {
namespace {

using nlohmann::json;

// Builds the document, and stops at the first thing that the rules above forbid.
class Builder : public nlohmann::json_sax<json> {
 public:
  explicit Builder(const JsonLimits& limits) : limits_(limits) {}

  json Take() { return std::move(root_); }
  const std::string& reason() const { return reason_; }

  bool null() override { return Add(nullptr) != nullptr; }
  bool boolean(bool value) override { return Add(value) != nullptr; }
  bool number_integer(number_integer_t value) override { return Add(value) != nullptr; }
  bool number_unsigned(number_unsigned_t value) override { return Add(value) != nullptr; }
  bool number_float(number_float_t value, const string_t&) override {
    return Add(value) != nullptr;
  }
  bool string(string_t& value) override { return Clean(value) && Add(std::move(value)) != nullptr; }
  bool binary(binary_t&) override { return Stop("binary data"); }
  bool start_object(std::size_t) override { return Open(json::object()); }
  bool start_array(std::size_t) override { return Open(json::array()); }
  bool end_object() override { return Close(); }
  bool end_array() override { return Close(); }
  bool key(string_t& value) override {
    if (!Clean(value)) {
      return false;
    }
    if (open_.back()->contains(value)) {
      return Stop("duplicate key \"" + value + "\"");
    }
    key_ = std::move(value);
    return true;
  }
  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::detail::exception&) override {
    return Stop("not valid JSON at byte " + std::to_string(position));
  }

 private:
  bool Stop(std::string reason) {
    reason_ = std::move(reason);
    return false;
  }

  bool Clean(const std::string& text) {
    return text.find('\0') == std::string::npos || Stop("a NUL character in a string");
  }

  json* Add(json value) {
    if (++values_ > limits_.max_values) {
      Stop("more than " + std::to_string(limits_.max_values) + " values");
      return nullptr;
    }
    if (open_.empty()) {
      root_ = std::move(value);
      return &root_;
    }
    json& parent = *open_.back();
    if (parent.is_array()) {
      parent.push_back(std::move(value));
      return &parent.back();
    }
    return &(parent[key_] = std::move(value));
  }

  bool Open(json value) {
    if (open_.size() == limits_.max_depth) {
      return Stop("nested more than " + std::to_string(limits_.max_depth) + " deep");
    }
    json* added = Add(std::move(value));
    if (added != nullptr) {
      open_.push_back(added);
    }
    return added != nullptr;
  }

  bool Close() {
    open_.pop_back();
    return true;
  }

  const JsonLimits& limits_;
  json root_;
  std::vector<json*> open_;
  std::string key_;
  std::string reason_;
  size_t values_ = 0;
};

}  // namespace

void RefuseDocument(std::string_view what, const std::string& reason) {
  throw base::Error(base::ErrorKind::kInvalid, std::string(what) + ": " + reason);
}

json ParseStrictJson(std::string_view text, std::string_view what, const JsonLimits& limits) {
  if (text.size() > limits.max_bytes) {
    RefuseDocument(what, "longer than " + std::to_string(limits.max_bytes) + " bytes");
  }
  // The parser takes a NUL for the end of its input, and skips a byte order mark.
  if (text.find('\0') != std::string_view::npos || text.starts_with("\xEF\xBB\xBF")) {
    RefuseDocument(what, "not valid JSON: it has a NUL or a byte order mark");
  }
  Builder builder(limits);
  if (!json::sax_parse(text, &builder)) {
    RefuseDocument(what, builder.reason());
  }
  return builder.Take();
}

const json* Member(const json& object, std::string_view key, std::string_view what) {
  if (!object.is_object()) {
    RefuseDocument(what, "an object was expected around \"" + std::string(key) + "\"");
  }
  const json* found = nullptr;
  for (const auto& [name, value] : object.items()) {
    if (name == key) {
      found = value.is_null() ? nullptr : &value;
    } else if (name.size() == key.size() &&
               ::strncasecmp(name.data(), key.data(), key.size()) == 0) {
      RefuseDocument(what,
                     "key \"" + name + "\" differs from \"" + std::string(key) + "\" only by case");
    }
  }
  return found;
}

std::string StringMember(const json& object, std::string_view key, std::string_view what) {
  const json* value = Member(object, key, what);
  if (value == nullptr) {
    return {};
  }
  if (!value->is_string()) {
    RefuseDocument(what, "\"" + std::string(key) + "\" must be a string");
  }
  return value->get<std::string>();
}

std::vector<std::string> StringsMember(const json& object, std::string_view key,
                                       std::string_view what) {
  const json* value = Member(object, key, what);
  std::vector<std::string> strings;
  if (value == nullptr) {
    return strings;
  }
  if (!value->is_array()) {
    RefuseDocument(what, "\"" + std::string(key) + "\" must be a list of strings");
  }
  for (const json& item : *value) {
    if (!item.is_string()) {
      RefuseDocument(what, "\"" + std::string(key) + "\" must be a list of strings");
    }
    strings.push_back(item.get<std::string>());
  }
  return strings;
}

uint64_t SizeMember(const json& object, std::string_view key, std::string_view what) {
  const json* value = Member(object, key, what);
  if (value == nullptr || !value->is_number_unsigned() ||
      value->get<uint64_t>() > (uint64_t{1} << 62)) {
    RefuseDocument(what, "\"" + std::string(key) + "\" must be a size in bytes");
  }
  return value->get<uint64_t>();
}

}  // namespace runtime::image
