// The image config as JSON: OCI image specification 1.1, config.md (docker's is the same for the
// members used here).
#pragma once

#include <string>
#include <string_view>

#include "runtime/image/image.h"

namespace runtime::image {

// Throws Error (kInvalid, "WHAT: reason") unless every member that is used has its proper form.
// An environment entry without "=" gets one.
ImageConfig ParseConfig(std::string_view text, std::string_view what);

// Equal input gives equal bytes.
std::string FormatConfig(const ImageConfig& config);

// "2026-01-31T12:00:00.5+01:00" (RFC 3339) in seconds since 1970, fractions dropped, times before
// 1970 as 0. Throws Error (kInvalid).
int64_t ParseTimestamp(const std::string& text, std::string_view what);

// The chain ids of these diffIDs, lowest first (config.md, "Layer ChainID").
std::vector<layer::LayerId> ChainIds(const std::vector<base::Digest>& diff_ids);

}  // namespace runtime::image
