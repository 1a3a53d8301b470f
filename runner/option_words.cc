#include "runner/option_words.h"

#include <algorithm>

namespace runner {
namespace {

const CLI::Option* Find(const CLI::App& app, const std::string& name) {
  return app.get_option_no_throw(name);
}

bool TakesValue(const CLI::Option& option) { return option.get_items_expected_max() > 0; }

// One word of options; the result is one word or two. `value_follows`: its last option takes the
// next word.
std::vector<std::string> Split(const CLI::App& app, const std::string& word, bool& value_follows) {
  value_follows = false;
  if (word.starts_with("--")) {
    const size_t equals = std::min(word.find('='), word.size());
    const std::string name = word.substr(0, equals);
    const CLI::Option* option = Find(app, name);
    if (option == nullptr || !TakesValue(*option)) {
      return {word};
    }
    value_follows = equals == word.size();
    return equals + 1 == word.size() ? std::vector<std::string>{name, ""} : std::vector{word};
  }
  for (size_t i = 1; i < word.size(); ++i) {
    const CLI::Option* option = Find(app, std::string("-") + word[i]);
    if (option == nullptr) {
      break;
    }
    if (!TakesValue(*option) && word.substr(i + 1, 1) == "=" && !option->get_lnames().empty()) {
      std::vector<std::string> words = {"--" + option->get_lnames().front() + word.substr(i + 1)};
      if (i > 1) {
        words.insert(words.begin(), word.substr(0, i));
      }
      return words;
    }
    if (TakesValue(*option)) {
      value_follows = i + 1 == word.size();
      return word.substr(i + 1, 1) == "=" ? std::vector{word.substr(0, i + 1), word.substr(i + 2)}
                                          : std::vector{word};
    }
  }
  return {word};
}

}  // namespace

std::vector<std::string> OptionWords(const CLI::App& app, const std::vector<std::string>& words) {
  std::vector<std::string> result;
  bool is_value = false;
  bool options = true;
  for (const std::string& word : words) {
    const bool is_option = word.size() > 1 && word.starts_with('-');
    options = options && (is_value || (word != "--" && (is_option || !app.get_prefix_command())));
    if (!options || is_value || !is_option) {
      result.push_back(word);
      is_value = false;
      continue;
    }
    for (std::string& part : Split(app, word, is_value)) {
      result.push_back(std::move(part));
    }
  }
  return result;
}

}  // namespace runner
