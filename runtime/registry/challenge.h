// What a 401 answer asks for: the WWW-Authenticate header (RFC 9110, section 11.6.1).
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/http.h"

namespace runtime::registry {

struct Challenge {
  std::string scheme;                             // lower case: "bearer", "basic"
  std::map<std::string, std::string> parameters;  // names in lower case
  // Empty when there is none.
  std::string Parameter(const std::string& name) const;
};

// The challenges of one header value; what can't be read ends the list.
std::vector<Challenge> ParseChallenges(std::string_view text);

// Those of all such headers of an answer.
std::vector<Challenge> ChallengesOf(const base::HttpResponse& response);

}  // namespace runtime::registry
