#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <chrono>

#include "runtime/base/error.h"
#include "runtime/base/terminal_text.h"
#include "runtime/base/units.h"
#include "runtime/image/config_changes.h"
#include "runtime/image/strict_json.h"

namespace runtime::image {
namespace {

using nlohmann::json;

constexpr std::string_view kSpace = " \t";

[[noreturn]] void Refuse(std::string_view instruction, const std::string& reason) {
  throw base::Error(base::ErrorKind::kUsage,
                    "change \"" + base::ForMessage(instruction) + "\": " + reason);
}

std::string_view Trim(std::string_view text) {
  const size_t begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) {
    return {};
  }
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

// Words separated by blanks; quotes and backslashes as in a shell, nothing expanded.
std::vector<std::string> Words(std::string_view text, std::string_view instruction) {
  std::vector<std::string> words;
  bool in_word = false;
  char quote = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quote == 0 && kSpace.find(c) != std::string_view::npos) {
      in_word = false;
      continue;
    }
    if (!in_word) {
      words.emplace_back();
      in_word = true;
    }
    if (c == quote) {
      quote = 0;
    } else if (quote == 0 && (c == '"' || c == '\'')) {
      quote = c;
    } else if (c == '\\' && quote != '\'' && i + 1 < text.size()) {
      words.back() += text[++i];
    } else {
      words.back() += c;
    }
  }
  if (quote != 0) {
    Refuse(instruction, "a quote isn't closed");
  }
  return words;
}

// A JSON list is taken as it is, other text goes to the shell.
std::vector<std::string> Command(std::string_view text, std::string_view instruction) {
  if (!text.starts_with('[')) {
    return {"/bin/sh", "-c", std::string(text)};
  }
  json list;
  try {
    list = ParseStrictJson(text, "list");
  } catch (const base::Error& e) {
    Refuse(instruction, e.what());
  }
  std::vector<std::string> words;
  for (const json& item : list) {
    if (!item.is_string()) {
      Refuse(instruction, "the list must hold strings only");
    }
    words.push_back(item.get<std::string>());
  }
  return words;
}

// "A=b C=d", or the old form "A all the rest".
std::vector<std::pair<std::string, std::string>> Pairs(std::string_view text,
                                                       std::string_view instruction) {
  std::vector<std::pair<std::string, std::string>> pairs;
  const size_t blank = text.find_first_of(kSpace);
  const std::string_view first = text.substr(0, blank);
  if (first.find('=') == std::string_view::npos) {
    if (blank == std::string_view::npos) {
      Refuse(instruction, "the form is NAME=value");
    }
    pairs.emplace_back(first, Trim(text.substr(blank)));
    return pairs;
  }
  for (const std::string& word : Words(text, instruction)) {
    const size_t equals = word.find('=');
    if (equals == std::string::npos || equals == 0) {
      Refuse(instruction, "the form is NAME=value");
    }
    pairs.emplace_back(word.substr(0, equals), word.substr(equals + 1));
  }
  return pairs;
}

// In nanoseconds.
int64_t Time(const std::string& text, std::string_view instruction) {
  const auto time = base::ParseDuration(text);
  if (!time) {
    Refuse(instruction, "a time has the form 30s or 1m30s");
  }
  return std::chrono::nanoseconds(*time).count();
}

// "[--interval=30s] [--timeout=30s] [--start-period=0s] [--retries=3] CMD ...", or "NONE".
HealthCheck Check(std::string_view text, std::string_view instruction) {
  HealthCheck check;
  while (text.starts_with("--")) {
    const size_t end = std::min(text.find_first_of(kSpace), text.size());
    const size_t equals = std::min(text.find('='), end);
    const std::string_view option = text.substr(0, equals);
    const std::string value(text.substr(equals, end - equals));
    const std::string given = value.empty() ? value : value.substr(1);
    if (option == "--interval") {
      check.interval = Time(given, instruction);
    } else if (option == "--timeout") {
      check.timeout = Time(given, instruction);
    } else if (option == "--start-period") {
      check.start_period = Time(given, instruction);
    } else if (option == "--retries") {
      const auto [rest, error] =
          std::from_chars(given.data(), given.data() + given.size(), check.retries);
      if (error != std::errc() || rest != given.data() + given.size() || check.retries < 1) {
        Refuse(instruction, "--retries is a number from 1");
      }
    } else {
      Refuse(instruction, "its options are --interval, --timeout, --start-period and --retries");
    }
    text = Trim(text.substr(end));
  }
  if (text == "NONE") {
    check.test = {"NONE"};
  } else if (text.starts_with("CMD ") || text.starts_with("CMD\t")) {
    const std::string_view command = Trim(text.substr(4));
    check.test = {"CMD-SHELL", std::string(command)};
    if (command.starts_with('[')) {
      check.test = Command(command, instruction);
      check.test.insert(check.test.begin(), "CMD");
    }
  } else {
    Refuse(instruction, "the form is HEALTHCHECK [OPTIONS] CMD command, or HEALTHCHECK NONE");
  }
  return check;
}

}  // namespace

void AddInstruction(std::string_view instruction, ConfigChanges& changes) {
  const std::string_view trimmed = Trim(instruction);
  const size_t blank = trimmed.find_first_of(kSpace);
  std::string verb(trimmed.substr(0, blank));
  std::transform(verb.begin(), verb.end(), verb.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  const std::string_view rest =
      blank == std::string_view::npos ? std::string_view() : Trim(trimmed.substr(blank));
  if (rest.empty()) {
    Refuse(instruction, "an instruction and its value are expected, as in \"CMD /bin/sh\"");
  }
  if (verb == "CMD") {
    changes.cmd = Command(rest, instruction);
  } else if (verb == "ENTRYPOINT") {
    changes.entrypoint = Command(rest, instruction);
  } else if (verb == "ENV") {
    for (const auto& [name, value] : Pairs(rest, instruction)) {
      changes.env.push_back(name + "=" + value);
    }
  } else if (verb == "LABEL") {
    for (const auto& [name, value] : Pairs(rest, instruction)) {
      changes.labels[name] = value;
    }
  } else if (verb == "WORKDIR") {
    changes.working_dir = rest;
  } else if (verb == "USER") {
    changes.user = rest;
  } else if (verb == "STOPSIGNAL") {
    changes.stop_signal = rest;
  } else if (verb == "HEALTHCHECK") {
    changes.health_check = Check(rest, instruction);
  } else if (verb == "ONBUILD") {
    changes.on_build.emplace_back(rest);
  } else if (verb == "EXPOSE" || verb == "VOLUME") {
    std::vector<std::string>& list = verb == "EXPOSE" ? changes.exposed_ports : changes.volumes;
    const std::vector<std::string> words =
        rest.starts_with('[') ? Command(rest, instruction) : Words(rest, instruction);
    list.insert(list.end(), words.begin(), words.end());
  } else {
    Refuse(instruction,
           "unknown; there are CMD, ENTRYPOINT, ENV, LABEL, WORKDIR, USER, EXPOSE, VOLUME, "
           "STOPSIGNAL, HEALTHCHECK and ONBUILD");
  }
}

}  // namespace runtime::image
