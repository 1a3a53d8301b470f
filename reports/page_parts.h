// What all pages share.
#pragma once

#include <string>
#include <string_view>

#include "reports/html.h"
#include "reports/run_record.h"

namespace reports {

enum class Reload { kNo, kSoon };

// A whole page around `body`: title, navigation, the style sheet.
std::string PageAround(std::string_view title, Reload reload, const HtmlWriter& body);

// The status word as a badge: a word first, a colour second.
void AddStatus(HtmlWriter& out, std::string_view status);

// "2026-01-31 12:00:05 UTC" as a <time>.
void AddTime(HtmlWriter& out, WallTime time);

// "main · Say hello" and the like: what the run is of.
std::string Subject(const RunRecord& run);

// The first 12 digits of a commit.
std::string ShortCommit(const RunRecord& run);

}  // namespace reports
