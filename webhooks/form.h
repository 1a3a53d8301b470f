// application/x-www-form-urlencoded, as a webhook of the older kind sends it: payload=JSON.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace webhooks {

// %41 becomes A, and "+" a space where it means one; nothing for a broken escape.
enum class Plus { kSpace, kItself };
std::optional<std::string> PercentDecode(std::string_view text, Plus plus);

// The decoded value of the field `name`; nothing when it is missing, given twice, or holds a broken
// percent escape. (URL standard, "application/x-www-form-urlencoded parsing".)
std::optional<std::string> FormField(std::string_view body, std::string_view name);

}  // namespace webhooks
