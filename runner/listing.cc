#include "runner/listing.h"

#include <nlohmann/json.hpp>

#include <cstdio>

namespace runner {
using nlohmann::json;

Listing::Listing(const ListingForm& form) : as_json_(form.as_json), only_ids_(form.only_ids) {
  if (!form.format.empty()) {
    format_.emplace(form.format);
  }
}

void Listing::Print(const json& objects, const std::function<void()>& print_table) const {
  if (as_json_) {
    PrintJson(objects);
  } else if (!format_ && !only_ids_) {
    print_table();
  } else {
    for (const json& object : objects) {
      std::puts((format_ ? format_->Fill(object) : object.at("ID").get<std::string>()).c_str());
    }
  }
}

void PrintJson(const json& value) {
  std::puts(value.dump(2, ' ', false, json::error_handler_t::replace).c_str());
}

}  // namespace runner
