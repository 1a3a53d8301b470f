#include "pipeline/import/draft.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdio>
#include <set>

namespace pipeline {
namespace {

constexpr size_t kMaxName = 50;  // of the 63 of a step's name, so that a number fits behind it

bool IsAlnum(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }

bool IsPlain(std::string_view text) {
  constexpr std::string_view kInside = "_./@+=:-";
  const auto inside = [&](char c) {
    return IsAlnum(c) || kInside.find(c) != std::string_view::npos;
  };
  const bool first =
      !text.empty() && (IsAlnum(text.front()) || text.front() == '/' || text.starts_with("./"));
  return first && text.back() != ':' && text != "null" && text != "Null" && text != "NULL" &&
         std::all_of(text.begin(), text.end(), inside);
}

// Whether the text can stand as a block below `|`.
bool IsBlock(std::string_view text) {
  const bool printable = std::all_of(text.begin(), text.end(), [](char c) {
    return c == '\n' || c == '\t' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F);
  });
  return printable && !text.empty() && text.front() != ' ' && text.front() != '\t' &&
         text.front() != '\n' && text.find('\n') != std::string_view::npos;
}

// Lines of keys and values, indented.
class Writer {
 public:
  void Comments(int depth, const DraftTexts& comments) {
    for (const std::string& comment : comments) {
      std::string line = comment;
      std::replace_if(
          line.begin(), line.end(),
          [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, ' ');
      Line(depth, "# " + line);
    }
  }

  void Line(int depth, const std::string& text) {
    out_ += std::string(static_cast<size_t>(depth) * 2, ' ') + text + "\n";
  }

  void Text(int depth, const std::string& key, const std::string& text) {
    if (!text.empty()) {
      Line(depth, key + ": " + YamlScalar(text));
    }
  }

  void Block(int depth, const std::string& key, std::string_view text) {
    text = text.substr(0, text.find_last_not_of(" \t\n") + 1);
    if (!IsBlock(text)) {
      Text(depth, key, std::string(text));
      return;
    }
    Line(depth, key + ": |");
    while (!text.empty()) {
      const size_t end = std::min(text.find('\n'), text.size());
      const std::string line(text.substr(0, end));
      Line(line.empty() ? 0 : depth + 1, line);
      text.remove_prefix(std::min(end + 1, text.size()));
    }
  }

  void List(int depth, const std::string& key, const DraftTexts& texts) {
    if (!texts.empty()) {
      Line(depth, key + ": " + Flow(texts));
    }
  }

  void Map(int depth, const std::string& key, const DraftEnv& entries) {
    if (entries.empty()) {
      return;
    }
    Line(depth, key + ":");
    std::set<std::string_view> known;  // the first of a name counts
    for (const auto& [name, value] : entries) {
      if (known.insert(name).second) {
        Line(depth + 1, YamlScalar(name) + ": " + YamlScalar(value));
      }
    }
  }

  static std::string Flow(const DraftTexts& texts) {
    std::string list;
    for (const std::string& text : texts) {
      list += (list.empty() ? "" : ", ") + YamlScalar(text);
    }
    return "[" + list + "]";
  }

  std::string Take() { return std::move(out_); }

 private:
  std::string out_;
};

void WriteFilter(Writer& writer, const std::string& event,
                 const std::optional<DraftFilter>& filter) {
  if (!filter) {
    return;
  }
  writer.Line(1, event + ":");
  writer.List(2, "branches", filter->branches);
  writer.List(2, "branches-ignore", filter->branches_ignore);
  writer.List(2, "tags", filter->tags);
  writer.List(2, "tags-ignore", filter->tags_ignore);
}

void WriteAction(Writer& writer, const DraftStep& step) {
  if (!step.from.empty()) {
    writer.Line(2, "image-build:");
    writer.Text(3, "from", step.from);
    writer.Map(3, "copy", step.copy);
    writer.List(3, "entrypoint", step.entrypoint);
  } else if (!step.push_to.empty()) {
    writer.Line(2, "push:");
    writer.Text(3, "image", "${{ steps." + step.push_image_of + ".image }}");
    writer.Text(3, "to", step.push_to);
    writer.List(3, "tags", {"${{ commit.short }}", "latest"});
    if (step.push_untested) {
      writer.Line(3, "untested: true");
    }
  } else {
    writer.Text(2, "image", step.image);
    writer.List(2, "shell", step.shell);
    writer.Block(2, "run", step.run);
  }
}

void WriteStep(Writer& writer, const DraftStep& step) {
  writer.Comments(1, step.comments);
  writer.Line(1, YamlScalar(step.name) + ":");
  if (step.needs) {
    writer.Line(2, "needs: " + Writer::Flow(*step.needs));
  }
  writer.Text(2, "if", step.condition);
  WriteAction(writer, step);
  writer.Map(2, "env", step.env);
  writer.List(2, "secrets", step.secrets);
  writer.Text(2, "user", step.user);
  writer.Text(2, "workdir", step.workdir);
  writer.Text(2, "timeout", step.timeout);
  if (step.allow_failure) {
    writer.Line(2, "allow-failure: true");
  }
  if (!step.junit.empty()) {
    writer.Line(2, "tests:");
    writer.List(3, "junit", step.junit);
  }
  if (!step.artifacts.empty()) {
    writer.Line(2, "artifacts:");
    writer.List(3, "paths", step.artifacts);
    writer.Text(3, "when", step.artifacts_when);
  }
}

}  // namespace

std::string YamlScalar(std::string_view text) {
  if (IsPlain(text)) {
    return std::string(text);
  }
  std::string quoted = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      quoted += '\\';
      quoted += c;
    } else if (c == '\n') {
      quoted += "\\n";
    } else if (c == '\t') {
      quoted += "\\t";
    } else if (byte < 0x20 || byte == 0x7F) {
      std::array<char, 5> escape{};
      std::snprintf(escape.data(), escape.size(), "\\x%02X", byte);
      quoted += escape.data();
    } else {
      quoted += c;
    }
  }
  return quoted + "\"";
}

namespace {

void WriteClone(Writer& writer, const DraftClone& clone) {
  if (clone.submodules.empty() && !clone.lfs && clone.depth.empty()) {
    return;
  }
  writer.Line(0, "clone:");
  if (!clone.submodules.empty()) {
    writer.Line(1, "submodules: " + clone.submodules);
  }
  if (clone.lfs) {
    writer.Line(1, "lfs: true");
  }
  if (!clone.depth.empty()) {
    writer.Line(1, "depth: " + clone.depth);
  }
}

}  // namespace

std::string WriteDraft(const DraftPipeline& draft) {
  Writer writer;
  writer.Comments(0, draft.comments);
  writer.Text(0, "name", draft.name);
  if (draft.on_push || draft.on_pull_request || draft.on_manual) {
    writer.Line(0, "on:");
    WriteFilter(writer, "push", draft.on_push);
    WriteFilter(writer, "pull-request", draft.on_pull_request);
    if (draft.on_manual) {
      writer.Line(1, "manual:");
    }
  }
  writer.Map(0, "env", draft.env);
  WriteClone(writer, draft.clone);
  writer.Line(0, "steps:");
  bool first = true;
  for (const DraftStep& step : draft.steps) {
    if (!first) {
      writer.Line(0, "");
    }
    first = false;
    WriteStep(writer, step);
  }
  return writer.Take();
}

std::string DraftNames::Take(std::string_view wanted) {
  std::string name;
  for (const char c : wanted.substr(0, kMaxName)) {
    if (IsAlnum(c) || c == '_') {
      name += c;
    } else if (!name.empty() && name.back() != '-') {
      name += '-';
    }
  }
  name.erase(0, name.find_first_not_of('_'));
  name.erase(name.find_last_not_of('-') + 1);
  if (name.empty()) {
    name = "step";
  }
  if (name == "clone") {
    name = "clone-step";
  }
  std::string unique = name;
  for (int i = 2; std::find(taken_.begin(), taken_.end(), unique) != taken_.end(); ++i) {
    unique = name + "-" + std::to_string(i);
  }
  taken_.push_back(unique);
  return unique;
}

}  // namespace pipeline
