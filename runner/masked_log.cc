#include "runner/masked_log.h"

#include "runtime/base/error.h"

namespace runner {
namespace {

using pipeline::Stream;

constexpr std::string_view kAddMask = "::add-mask::";
constexpr size_t kMaxMaskBytes = 4096;

std::string Unescaped(std::string_view text) {
  std::string plain;
  while (!text.empty()) {
    const std::string_view escape = text.substr(0, 3);
    const char byte = escape == "%0A"   ? '\n'
                      : escape == "%0D" ? '\r'
                      : escape == "%25" ? '%'
                                        : '\0';
    plain += byte != '\0' ? byte : text.front();
    text.remove_prefix(byte != '\0' ? 3 : 1);
  }
  return plain;
}

}  // namespace

MaskedLog::MaskedLog(pipeline::StepLog& log, Masker& masker)
    : log_(log),
      masker_(masker),
      out_(masker, [this](std::string_view line) { log_.Line(Stream::kStdout, line); }),
      err_(masker, [this](std::string_view line) { log_.Line(Stream::kStderr, line); }),
      ours_(masker, [this](std::string_view line) { log_.Line(Stream::kRunner, line); }) {}

MaskedLog::~MaskedLog() {
  out_.Flush();
  err_.Flush();
  ours_.Flush();
}

void MaskedLog::Line(Stream stream, std::string_view line) {
  if (stream == Stream::kRunner) {
    ours_.Line(line);
    return ours_.Flush();  // Each is complete.
  }
  if (line.starts_with(kAddMask)) {
    AddMask(line.substr(kAddMask.size()));
  }
  (stream == Stream::kStdout ? out_ : err_).Line(line);
}

void MaskedLog::AddMask(std::string_view value) {
  try {
    if (value.size() > kMaxMaskBytes) {
      throw runtime::base::Error(runtime::base::ErrorKind::kUsage,
                                 "add-mask: over 4 KiB; mask its parts");
    }
    masker_.Add(Unescaped(value), "add-mask");
  } catch (const runtime::base::Error& e) {
    log_.Line(Stream::kRunner, e.what());
  }
}

}  // namespace runner
