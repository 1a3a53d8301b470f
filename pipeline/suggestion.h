// Did-you-mean: the name that somebody probably wanted to write.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pipeline {

// The candidate closest to `name`: the same but for case, `_` and `-`, or at most two edits away
// (one for names shorter than five letters). Empty when none is close.
std::string ClosestName(std::string_view name, const std::vector<std::string_view>& candidates);

// `, did you mean "x"?` for the closest candidate, else nothing.
std::string DidYouMean(std::string_view name, const std::vector<std::string_view>& candidates);

}  // namespace pipeline
