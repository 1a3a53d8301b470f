#include "runner/project_files.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>
#include <sstream>
#include <string_view>

#include "runtime/base/error.h"
#include "runtime/base/regular_file.h"
#include "runtime/base/terminal_text.h"
#include "runtime/image/reference.h"

namespace runner {
namespace {

namespace base = runtime::base;
namespace fs = std::filesystem;

constexpr size_t kMaxFile = 4u << 20;

// What the project has of files; a link that leads out of it is none of them.
class Project {
 public:
  explicit Project(fs::path directory) : directory_(std::move(directory)) {}

  bool Has(const char* name) const { return base::IsRegularFileIn(directory_, directory_ / name); }
  std::optional<std::string> TextOf(const char* name) const {
    return Has(name) ? base::ReadRegularFile(directory_ / name, kMaxFile) : std::nullopt;
  }

 private:
  const fs::path directory_;
};

std::string Trimmed(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t\r\""), text.size()));
  return std::string(text.substr(0, text.find_last_not_of(" \t\r\"") + 1));
}

// "all" and "test" of "all test: prerequisites".
std::set<std::string> MakeTargets(const std::string& makefile) {
  std::set<std::string> targets;
  std::istringstream lines(makefile);
  for (std::string line; std::getline(lines, line);) {
    const size_t colon = line.find(':');
    if (colon == std::string::npos || line.find_first_of("\t#=$") < colon ||
        line.compare(colon, 2, ":=") == 0 || line.compare(colon, 3, "::=") == 0) {
      continue;
    }
    std::istringstream words(line.substr(0, colon));
    for (std::string word; words >> word;) {
      targets.insert(word);
    }
  }
  return targets;
}

std::set<std::string> NpmScripts(const std::string& package) {
  std::set<std::string> names;
  const nlohmann::json document = nlohmann::json::parse(package, nullptr, false);
  if (document.is_object() && document.contains("scripts") && document["scripts"].is_object()) {
    for (const auto& [name, command] : document["scripts"].items()) {
      names.insert(name);
    }
  }
  return names;
}

std::string LineAt(const std::string& text, size_t begin) {
  return text.substr(begin, text.find('\n', begin) - begin);
}

// What follows `word` at the beginning of a line; empty when no line has it. The last one counts.
std::string AfterWord(const std::string& text, std::string_view word) {
  std::string value;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(word)) {
      value = Trimmed(std::string_view(line).substr(word.size()));
    }
  }
  return value;
}

// The image of "FROM [--platform=X] IMAGE [AS NAME]"; empty where that is a variable or no name.
std::string BaseOf(const std::string& dockerfile) {
  std::istringstream words(AfterWord(dockerfile, "FROM "));
  std::string image;
  while (words >> image && image.starts_with("--")) {
  }
  return runtime::image::Reference::Parse(image) ? image : "";
}

// The first `name = "x"` of the section [package]; "app" for what can't be a program's name.
std::string CargoName(const std::string& manifest) {
  const size_t package = manifest.find("[package]");
  const size_t name = package == std::string::npos ? package : manifest.find("\nname", package);
  std::string value =
      name == std::string::npos ? "" : AfterWord(LineAt(manifest, name + 1), "name");
  value = Trimmed(std::string_view(value).substr(std::min(value.find('=') + 1, value.size())));
  const bool good = !value.empty() && std::all_of(value.begin(), value.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '_' || c == '-';
  });
  return good ? value : "app";
}

bool IsNumber(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789.") == std::string_view::npos;
}

std::string PlainName(std::string name) {
  for (char& c : name) {
    const auto byte = static_cast<unsigned char>(c);
    c = std::isalnum(byte) != 0 ? static_cast<char>(std::tolower(byte)) : '-';
  }
  name.erase(0, name.find_first_not_of('-'));
  name.erase(name.find_last_not_of('-') + 1);
  std::string single;
  for (const char c : name) {
    if (c != '-' || !single.ends_with('-')) {
      single += c;
    }
  }
  return single.empty() ? "app" : single;
}

}  // namespace

ProjectFiles LookAtProject(const fs::path& directory) {
  std::error_code error;
  const fs::path path = fs::canonical(directory, error);
  if (error || !fs::is_directory(path)) {
    throw base::Error(base::ErrorKind::kUsage,
                      "init " + base::ForMessage(directory.string()) + ": no such directory");
  }
  ProjectFiles found;
  found.name = PlainName(path.filename());
  const Project project(path);
  for (const char* name : {"GNUmakefile", "makefile", "Makefile"}) {
    if (const auto text = project.TextOf(name)) {
      found.makefile = true;
      found.make_targets = MakeTargets(*text);
      break;
    }
  }
  found.cmake = project.Has("CMakeLists.txt");
  if (const auto text = project.TextOf("package.json")) {
    found.package_json = true;
    found.npm_scripts = NpmScripts(*text);
    found.npm_lock = project.Has("package-lock.json");
  }
  if (const auto text = project.TextOf("go.mod")) {
    const std::string version = AfterWord(*text, "go ");
    found.go_version = IsNumber(version) ? version : "";
  }
  if (const auto text = project.TextOf("Cargo.toml")) {
    found.cargo_name = CargoName(*text);
  }
  found.pyproject = project.Has("pyproject.toml");
  if (const auto text = project.TextOf("Dockerfile")) {
    found.dockerfile_base = BaseOf(*text);
  }
  return found;
}

}  // namespace runner
