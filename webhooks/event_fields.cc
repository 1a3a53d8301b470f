#include "webhooks/event_fields.h"

#include <nlohmann/json.hpp>

#include <vector>

namespace webhooks {
namespace {

constexpr size_t kMaxDepth = 64;
constexpr size_t kMaxText = 64u << 10;

// Receives the parser's events; false stops it.
class Picker : public nlohmann::json_sax<nlohmann::json> {
 public:
  Picker(const std::set<std::string>& wanted, std::map<std::string, std::string>& texts,
         std::map<std::string, bool>& flags, std::map<std::string, uint64_t>& numbers)
      : wanted_(wanted), texts_(texts), flags_(flags), numbers_(numbers) {}

  const std::string& problem() const { return problem_; }

  bool null() override {
    return Scalar([](const std::string&) {});
  }
  bool boolean(bool value) override {
    return Scalar([&](const std::string& path) { flags_[path] = value; });
  }
  bool number_integer(number_integer_t) override {
    return Scalar([](const std::string&) {});
  }
  bool number_unsigned(number_unsigned_t value) override {
    return Scalar([&](const std::string& path) { numbers_[path] = value; });
  }
  bool number_float(number_float_t, const string_t&) override {
    return Scalar([](const std::string&) {});
  }
  bool string(string_t& value) override {
    bool fits = true;
    const bool go_on = Scalar([&](const std::string& path) {
      fits = value.size() <= kMaxText;
      texts_[path] = value;
    });
    return go_on && (fits || Fail("a text of more than 64 KiB"));
  }
  bool binary(binary_t&) override { return false; }
  bool key(string_t& name) override {
    path_.resize(levels_.back().prefix);
    path_ += path_.empty() ? "" : ".";
    // A key with a dot in it must not look like a path.
    path_ += name.size() > kMaxKey || name.find('.') != std::string::npos ? "." : name;
    return true;
  }
  bool start_object(size_t) override { return Enter(false); }
  bool start_array(size_t) override { return Enter(true); }
  bool end_object() override { return Leave(); }
  bool end_array() override { return Leave(); }
  bool parse_error(size_t position, const std::string&,
                   const nlohmann::detail::exception&) override {
    return Fail("no valid JSON at byte " + std::to_string(position));
  }

 private:
  static constexpr size_t kMaxKey = 256;
  struct Level {
    size_t prefix = 0;   // length of path_ that leads here
    bool array = false;  // this or something around it
  };

  template <typename Store>
  bool Scalar(Store store) {
    if (levels_.empty()) {
      return Fail("the payload isn't an object");
    }
    if (levels_.back().array || !wanted_.contains(path_)) {
      return true;
    }
    if (!seen_.insert(path_).second) {
      return Fail("the key " + path_ + " is given twice");
    }
    store(path_);
    return true;
  }

  bool Enter(bool array) {
    if (levels_.empty() && array) {
      return Fail("the payload isn't an object");
    }
    if (levels_.size() == kMaxDepth) {
      return Fail("nested deeper than 64");
    }
    const bool inside_array = array || (!levels_.empty() && levels_.back().array);
    levels_.push_back({path_.size(), inside_array});
    return true;
  }

  bool Leave() {
    path_.resize(levels_.back().prefix);
    levels_.pop_back();
    return true;
  }

  bool Fail(std::string problem) {
    problem_ = std::move(problem);
    return false;
  }

  const std::set<std::string>& wanted_;
  std::map<std::string, std::string>& texts_;
  std::map<std::string, bool>& flags_;
  std::map<std::string, uint64_t>& numbers_;
  std::set<std::string> seen_;
  std::vector<Level> levels_;
  std::string path_;
  std::string problem_;
};

}  // namespace

std::optional<std::string> EventFields::Read(std::string_view json,
                                             const std::set<std::string>& paths) {
  texts_.clear();
  flags_.clear();
  numbers_.clear();
  Picker picker(paths, texts_, flags_, numbers_);
  if (!nlohmann::json::sax_parse(json.begin(), json.end(), &picker)) {
    return picker.problem();
  }
  return std::nullopt;
}

std::string EventFields::Text(const std::string& path) const {
  const auto found = texts_.find(path);
  return found == texts_.end() ? std::string() : found->second;
}

std::optional<uint64_t> EventFields::Number(const std::string& path) const {
  const auto found = numbers_.find(path);
  return found == numbers_.end() ? std::nullopt : std::optional(found->second);
}

bool EventFields::Flag(const std::string& path) const {
  const auto found = flags_.find(path);
  return found != flags_.end() && found->second;
}

}  // namespace webhooks
