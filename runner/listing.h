// Listing: how a verb prints objects: as JSON, as a line for each after a template, as ids alone or
// as a table.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <functional>
#include <optional>
#include <string>

#include "runner/format_template.h"

namespace runner {

// What the options of the verb say; the first that is set counts, none means a table.
struct ListingForm {
  bool as_json = false;
  std::string format = {};
  bool only_ids = false;
};

class Listing {
 public:
  // Throws Error (kUsage) for a template that is none.
  explicit Listing(const ListingForm& form);

  // `objects` is an array; each has an "ID" where only those may be wanted. Throws Error (kUsage)
  // when the template names a member that they haven't.
  void Print(const nlohmann::json& objects, const std::function<void()>& print_table) const;

 private:
  bool as_json_;
  bool only_ids_;
  std::optional<FormatTemplate> format_;
};

// Several lines; what isn't UTF-8 is replaced.
void PrintJson(const nlohmann::json& value);

}  // namespace runner
