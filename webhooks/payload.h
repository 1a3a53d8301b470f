// The payloads of the deliveries that start runs (delivery.h), one function each.
#pragma once

#include <string_view>

#include "webhooks/delivery.h"

namespace webhooks {

// "push" of a branch or a tag.
Delivery ParsePush(std::string_view json);

// "pull_request", with an action that `types` of a pipeline file can name. Whose head is in another
// repository, or in none any more, is a fork's.
Delivery ParsePullRequest(std::string_view json);

}  // namespace webhooks
