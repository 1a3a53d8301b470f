#include "pipeline/yaml_reader.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <sstream>
#include <string>

#include "pipeline/yaml_text.h"
#include "pipeline/yaml_tree_builder.h"

namespace pipeline {
namespace {

// Without the tabs of the line's indentation and of those of the lines that follow; as far as it
// can be told: after such a line the parser has lost its way.
std::vector<Edit> WithoutTabsFrom(int line, const Findings& findings) {
  std::vector<Edit> fix;
  for (;; ++line) {
    const std::string_view text = findings.LineOf(line);
    const std::string_view blank = text.substr(0, text.find_first_not_of(" \t"));
    if (blank.find('\t') == std::string_view::npos) {
      return fix;
    }
    fix.push_back({line, 1, std::string(blank), WithoutTabs(blank)});
  }
}

void AddSyntaxError(const YAML::ParserException& error, Position last, Findings& findings) {
  const Position at = {std::max(error.mark.line, 0) + 1, std::max(error.mark.column, 0) + 1};
  if (std::vector<Edit> fix = WithoutTabsFrom(at.line, findings); !fix.empty()) {
    findings.Add(at, "E007", kTabMessage, std::move(fix));
    return;
  }
  if (error.msg == YAML::ErrorMsg::EOF_IN_SCALAR) {
    findings.Add(last, "E003", "not YAML: behind this a quote is opened and never closed");
    return;
  }
  findings.Add(at, "E003", "not YAML: " + error.msg + "; check indentation, colons and quotes");
}

YamlPlace PlaceOf(const YAML::Mark& mark) {
  return {{mark.line + 1, mark.column + 1}, static_cast<size_t>(std::max(mark.pos, 0))};
}

// The parser's events, in our words. One document only.
class Events : public YAML::EventHandler {
 public:
  explicit Events(YamlTreeBuilder& builder) : builder_(builder) {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ > 1) {
      throw YamlRefused{PlaceOf(mark).at, "E010",
                        "a second YAML document begins here; a pipeline file holds one"};
    }
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    builder_.AddNull(Seen(mark), anchor);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    builder_.AddAlias(Seen(mark), anchor);
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    builder_.AddScalar(Seen(mark), tag, anchor, value);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value /*style*/) override {
    builder_.Open(YamlNode::Kind::kList, Seen(mark), tag, anchor);
  }
  void OnSequenceEnd() override { builder_.Close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value /*style*/) override {
    builder_.Open(YamlNode::Kind::kMap, Seen(mark), tag, anchor);
  }
  void OnMapEnd() override { builder_.Close(); }

  // Of the last value that was read.
  Position last() const { return last_; }

 private:
  YamlPlace Seen(const YAML::Mark& mark) {
    const YamlPlace place = PlaceOf(mark);
    last_ = place.at;
    return place;
  }

  YamlTreeBuilder& builder_;
  int documents_ = 0;
  Position last_ = {1, 1};
};

}  // namespace

YamlNodePtr ReadYaml(std::string_view text, Findings& findings) {
  std::string clean;
  if (!CleanYamlText(text, clean, findings)) {
    return nullptr;
  }
  if (clean.ends_with('\n')) {
    clean += '#';  // the parser doesn't miss a closing quote when the file ends after a line's end
  }
  YamlTreeBuilder builder(clean, findings);
  Events events(builder);
  try {
    std::istringstream stream(clean);
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(events)) {
    }
    return builder.TakeRoot();
  } catch (const YamlRefused& refused) {
    findings.Add(refused.at, refused.code, refused.message);
  } catch (const YAML::ParserException& error) {
    AddSyntaxError(error, events.last(), findings);
  }
  return nullptr;
}

}  // namespace pipeline
