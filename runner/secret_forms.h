// The forms in which a secret may be printed: as it is, line by line, and encoded.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace runner {

// Shorter than this, a text stands everywhere: it would be masked in the middle of words.
inline constexpr size_t kMinSecretBytes = 4;

// Each at least kMinSecretBytes long and without line ends; none twice. They are the value and each
// of its lines, as they are and as JSON, URLs and a shell's trace write them, and of base64 the
// characters that are the value's alone, wherever in the encoded text it begins.
std::vector<std::string> PrintedForms(std::string_view value);

}  // namespace runner
