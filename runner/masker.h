// Masker: keeps the secrets of a run out of what is shown and kept: "***" in place of each form in
// which one may be printed (secret_forms.h).
//
// Line ends don't break a match, so a secret that a program folds (base64 at 76 columns) or prints
// in pieces is masked too.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace runner {

class SecretPatterns;

// Thread-safe.
class Masker {
 public:
  Masker();

  // From now on masked. Line ends at the end of it don't count. Throws Error (kUsage), without the
  // value, when it is shorter than kMinSecretBytes or there are too many; one that is there already
  // is fine. `name` is for the message.
  void Add(std::string_view value, std::string_view name);

  // The text with "***" in each place of a secret; it may have many lines.
  std::string Mask(std::string_view text) const;

  bool empty() const;
  // What is masked now.
  std::shared_ptr<const SecretPatterns> patterns() const;

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const SecretPatterns> patterns_;
};

// The lines of one stream, masked. A line is held back while it ends in what may be the beginning
// of a secret, four characters at least, until the next one tells; fewer than that may be shown of
// a secret that goes on in the next line. One thread at a time.
class LineMasker {
 public:
  using Sink = std::function<void(std::string_view line)>;

  // `masker` outlives the object.
  LineMasker(const Masker& masker, Sink sink) : masker_(masker), sink_(std::move(sink)) {}

  void Line(std::string_view line);
  // The stream has ended: passes on what was held.
  void Flush();

 private:
  // False when it stopped where a secret may have begun that goes on in what comes next.
  bool Find(const SecretPatterns& patterns);
  void Cover(size_t begin, size_t end);
  // Shows the lines that end there or before, and forgets what no match can need.
  void Emit(size_t up_to);
  void Show(size_t begin, size_t end);

  const Masker& masker_;
  const Sink sink_;
  // The last characters that were shown, then the lines that weren't, without their ends.
  std::string text_;
  size_t shown_ = 0;                                // of text_
  size_t found_ = 0;                                // before it, every match is known
  std::deque<size_t> ends_;                         // of the lines, in text_
  std::vector<std::pair<size_t, size_t>> covered_;  // parts of text_ to mask, in order, disjoint
};

}  // namespace runner
