// The templates of --format, as docker has them, as far as they name values: "{{.ID}}\t{{.Names}}".
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace runner {

class FormatTemplate {
 public:
  // Text with "{{.}}", "{{.Member.Member}}" and "{{json .Member}}"; \t and \n mean tab and line
  // end. "json" alone is "{{json .}}". Throws Error (kUsage) for anything else between braces.
  explicit FormatTemplate(std::string_view text);
  ~FormatTemplate();
  FormatTemplate(FormatTemplate&&) noexcept;

  // The text for one object. Throws Error (kUsage) that names the members there are when one is
  // missing.
  std::string Fill(const nlohmann::json& object) const;

 private:
  struct Part;
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace runner
