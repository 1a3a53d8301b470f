#include "reports/bounded_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/base/utf8.h"

namespace reports {

void BoundedText::Append(std::string_view text) {
  if (tail_.empty()) {
    const std::string_view fits =
        runtime::base::Utf8Prefix(text, half_ - std::min(half_, head_.size()));
    head_ += fits;
    text.remove_prefix(fits.size());
  }
  tail_ += text;
  if (tail_.size() > 4 * half_) {
    const size_t excess = tail_.size() - half_;
    tail_.erase(0, excess);
    left_out_ += excess;
  }
}

void BoundedText::Clear() {
  head_.clear();
  tail_.clear();
  left_out_ = 0;
}

std::string BoundedText::Take() {
  // The marker's room belongs to the text while nothing has to be left out.
  const bool cut = left_out_ > 0 || head_.size() + tail_.size() > 2 * (half_ + kMarkerBytes);
  size_t skip = cut ? tail_.size() - std::min(half_, tail_.size()) : 0;
  if (cut) {
    while (skip < tail_.size() && (static_cast<unsigned char>(tail_[skip]) & 0xC0) == 0x80) {
      ++skip;
    }
    left_out_ += skip;
    head_ += fmt::format("\n[{} bytes left out]\n", left_out_);
  }
  std::string text = std::move(head_);
  text.append(tail_, skip);
  Clear();
  return text;
}

}  // namespace reports
