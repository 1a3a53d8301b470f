// Did-you-mean: the name that somebody probably wanted to write.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pipeline {

// The candidates closest to `name`: the same but for case, `_` and `-`, or at most two edits away
// (one for names shorter than five letters). Several when they are equally close.
std::vector<std::string> ClosestNames(std::string_view name,
                                      const std::vector<std::string_view>& candidates);

// The first of them; empty when there is none.
std::string ClosestName(std::string_view name, const std::vector<std::string_view>& candidates);

// `, did you mean "x"?` for the closest candidate, else nothing.
std::string DidYouMean(std::string_view name, const std::vector<std::string_view>& candidates);

}  // namespace pipeline
