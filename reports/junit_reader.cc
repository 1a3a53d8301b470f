#include "reports/junit_reader.h"

#include <expat.h>
#include <fmt/format.h>

#include <memory>

#include "reports/junit_handler.h"
#include "reports/xml_input.h"
#include "runtime/base/terminal_text.h"
#include "runtime/base/units.h"

namespace reports {
namespace {

constexpr size_t kMaxWarnings = 100;

struct Parse {
  XML_Parser parser;
  JunitHandler handler;
  bool has_doctype = false;

  void StopIfAsked() {
    if (has_doctype || !handler.stop_reason().empty()) {
      XML_StopParser(parser, XML_FALSE);
    }
  }
};

void OnStart(void* user, const XML_Char* name, const XML_Char** attributes) {
  auto* parse = static_cast<Parse*>(user);
  parse->handler.Start(name, attributes);
  parse->StopIfAsked();
}

void OnEnd(void* user, const XML_Char* /*name*/) {
  auto* parse = static_cast<Parse*>(user);
  parse->handler.End();
  parse->StopIfAsked();
}

void OnText(void* user, const XML_Char* text, int length) {
  static_cast<Parse*>(user)->handler.Text({text, static_cast<size_t>(length)});
}

void OnDoctype(void* user, const XML_Char* /*name*/, const XML_Char* /*system_id*/,
               const XML_Char* /*public_id*/, int /*has_internal_subset*/) {
  auto* parse = static_cast<Parse*>(user);
  parse->has_doctype = true;
  parse->StopIfAsked();
}

class Reader {
 public:
  explicit Reader(const JunitLimits& limits) : limits_(limits) {}

  void Read(const pipeline::CollectedFile& file);
  pipeline::TestReport Take() { return std::move(report_); }

 private:
  void Warn(const std::string& path, const std::string& text);
  // Why the parser stopped before the end; empty when it didn't.
  std::string Feed(XmlInput& input, Parse& parse);

  const JunitLimits& limits_;
  pipeline::TestReport report_;
  JunitUse use_;
};

void Reader::Warn(const std::string& path, const std::string& text) {
  if (report_.warnings.size() < kMaxWarnings) {
    report_.warnings.push_back(
        fmt::format("{}: {}", runtime::base::ForMessage(path.substr(0, 512)), text));
  }
}

std::string Reader::Feed(XmlInput& input, Parse& parse) {
  std::string chunk;
  XML_Status status = XML_STATUS_OK;
  while (status == XML_STATUS_OK && input.Next(chunk)) {
    status = XML_Parse(parse.parser, chunk.data(), static_cast<int>(chunk.size()), XML_FALSE);
  }
  if (status == XML_STATUS_OK && input.markup_too_long()) {
    return fmt::format("a tag or comment is longer than {}",
                       runtime::base::FormatSize(limits_.markup_bytes));
  }
  if (status == XML_STATUS_OK) {
    status = XML_Parse(parse.parser, nullptr, 0, XML_TRUE);
  }
  if (parse.has_doctype) {
    return "it declares a document type (DTD), which is refused";
  }
  if (!parse.handler.stop_reason().empty()) {
    return parse.handler.stop_reason();
  }
  if (status == XML_STATUS_OK) {
    return {};
  }
  const XML_Error error = XML_GetErrorCode(parse.parser);
  if (error == XML_ERROR_NO_ELEMENTS) {
    return "it is cut off or empty";
  }
  return fmt::format("line {}: {}", XML_GetCurrentLineNumber(parse.parser), XML_ErrorString(error));
}

void Reader::Read(const pipeline::CollectedFile& file) {
  const size_t before = report_.cases.size();
  const std::string_view content = std::string_view(file.content).substr(0, limits_.file_bytes);
  const std::unique_ptr<XML_ParserStruct, void (*)(XML_Parser)> parser(XML_ParserCreate("UTF-8"),
                                                                       &XML_ParserFree);
  if (parser == nullptr) {
    throw std::bad_alloc();
  }
  Parse parse{parser.get(), JunitHandler(report_, use_, limits_)};
  XML_SetUserData(parser.get(), &parse);
  XML_SetElementHandler(parser.get(), &OnStart, &OnEnd);
  XML_SetCharacterDataHandler(parser.get(), &OnText);
  XML_SetStartDoctypeDeclHandler(parser.get(), &OnDoctype);

  XmlInput input(content, limits_.markup_bytes);
  const std::string stopped = Feed(input, parse);
  parse.handler.Finish();
  if (content.size() < file.content.size()) {
    Warn(file.path,
         fmt::format("only the first {} are read", runtime::base::FormatSize(limits_.file_bytes)));
  }
  if (!stopped.empty()) {
    Warn(file.path, fmt::format("{}; {} test cases before that are kept", stopped,
                                report_.cases.size() - before));
  }
  if (input.repairs() > 0) {
    Warn(file.path, fmt::format("{} forbidden characters replaced or left out", input.repairs()));
  }
  if (parse.handler.cases_without_text() > 0) {
    Warn(file.path, fmt::format("messages and output of {} test cases left out: all reports "
                                "together hold more than {} of text",
                                parse.handler.cases_without_text(),
                                runtime::base::FormatSize(limits_.all_text)));
  }
}

}  // namespace

pipeline::TestReport ReadJunit(const std::vector<pipeline::CollectedFile>& files,
                               const JunitLimits& limits) {
  Reader reader(limits);
  for (const pipeline::CollectedFile& file : files) {
    reader.Read(file);
  }
  return reader.Take();
}

pipeline::TestReport ReadJunit(const std::vector<pipeline::CollectedFile>& files) {
  return ReadJunit(files, JunitLimits{});
}

}  // namespace reports
