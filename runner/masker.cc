#include "runner/masker.h"

#include <algorithm>

#include "runner/secret_forms.h"
#include "runner/secret_patterns.h"
#include "runtime/base/error.h"

namespace runner {
namespace {

constexpr std::string_view kMasked = "***";
constexpr size_t kMaxPatternBytes = 16u << 20;  // of all forms of all secrets of a run
constexpr size_t kMaxHeldLines = 4096;          // that one secret may be spread over
// Fewer characters than this don't say that a secret begins.
constexpr size_t kContext = SecretPatterns::kHead - 1;
static_assert(kMinSecretBytes == SecretPatterns::kHead);

}  // namespace

Masker::Masker() : patterns_(std::make_shared<SecretPatterns>()) {}

void Masker::Add(std::string_view value, std::string_view name) {
  using runtime::base::Error;
  using runtime::base::ErrorKind;
  value = value.substr(0, value.find_last_not_of("\r\n") + 1);
  if (value.size() < kMinSecretBytes) {
    throw Error(ErrorKind::kUsage, std::string(name) + ": a secret has at least " +
                                       std::to_string(kMinSecretBytes) +
                                       " characters; a shorter one can't be kept out of the logs");
  }
  std::vector<std::string> forms = PrintedForms(value);
  const std::lock_guard lock(mutex_);
  auto grown = std::make_shared<SecretPatterns>(*patterns_);
  for (std::string& form : forms) {
    grown->Add(std::move(form));
  }
  if (grown->bytes() > kMaxPatternBytes) {
    throw Error(ErrorKind::kUsage, std::string(name) + ": too many or too long secrets in one run");
  }
  patterns_ = std::move(grown);
}

std::shared_ptr<const SecretPatterns> Masker::patterns() const {
  const std::lock_guard lock(mutex_);
  return patterns_;
}

bool Masker::empty() const { return patterns()->empty(); }

std::string Masker::Mask(std::string_view text) const {
  if (empty()) {
    return std::string(text);
  }
  std::string masked;
  LineMasker lines(*this, [&](std::string_view line) { masked.append(line).append(1, '\n'); });
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    lines.Line(text.substr(begin, end - begin));
    begin = end + 1;
  }
  lines.Flush();
  masked.pop_back();  // The last line's end is ours.
  return masked;
}

void LineMasker::Line(std::string_view line) {
  const std::shared_ptr<const SecretPatterns> patterns = masker_.patterns();
  if (patterns->empty()) {
    return sink_(line);
  }
  text_ += line;
  ends_.push_back(text_.size());
  Emit(Find(*patterns) ? text_.size() : found_);
  if (ends_.size() > kMaxHeldLines) {
    Flush();
  }
}

void LineMasker::Flush() {
  Emit(text_.size());
  text_.clear();
  covered_.clear();
  shown_ = 0;
  found_ = 0;
}

bool LineMasker::Find(const SecretPatterns& patterns) {
  for (;; ++found_) {
    found_ = patterns.Next(text_, found_);
    if (found_ + SecretPatterns::kHead > text_.size()) {
      return true;
    }
    const SecretPatterns::Found found = patterns.At(text_, found_);
    if (found.length > 0) {
      Cover(found_, found_ + found.length);
    }
    if (found.open) {
      return false;
    }
  }
}

void LineMasker::Cover(size_t begin, size_t end) {
  if (!covered_.empty() && begin <= covered_.back().second) {
    covered_.back().second = std::max(covered_.back().second, end);
  } else {
    covered_.emplace_back(begin, end);
  }
}

void LineMasker::Emit(size_t up_to) {
  size_t begin = shown_;
  while (!ends_.empty() && ends_.front() <= up_to) {
    Show(begin, ends_.front());
    begin = ends_.front();
    ends_.pop_front();
  }
  // What was shown goes, but for what a secret may have begun with.
  const size_t gone = std::min(begin - std::min(begin, kContext), found_);
  text_.erase(0, gone);
  shown_ = begin - gone;
  found_ -= gone;
  for (size_t& end : ends_) {
    end -= gone;
  }
  std::erase_if(covered_, [&](const auto& part) { return part.second <= gone; });
  for (auto& [from, to] : covered_) {
    from -= std::min(from, gone);
    to -= gone;
  }
}

void LineMasker::Show(size_t begin, size_t end) {
  const std::string_view line = std::string_view(text_).substr(begin, end - begin);
  std::string masked;
  size_t done = begin;
  for (const auto& [from, to] : covered_) {
    if (to <= begin || from >= end) {
      continue;
    }
    const size_t first = std::max(from, begin);
    masked.append(text_, done, first - done).append(kMasked);
    done = std::min(to, end);
  }
  // Most lines hold nothing.
  sink_(done == begin ? line : std::string_view(masked.append(text_, done, end - done)));
}

}  // namespace runner
