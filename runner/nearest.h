// Nearest: what was probably meant by a word that isn't known.
#pragma once

#include <optional>
#include <span>
#include <string>

namespace runner {

// The known word with at most two letters inserted, deleted or replaced; nothing when all are
// further away, or the word is too long for a slip of the fingers.
std::optional<std::string> Nearest(const std::string& word, std::span<const std::string> known);

}  // namespace runner
