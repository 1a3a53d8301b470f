#include "runner/nearest.h"

#include <algorithm>
#include <numeric>
#include <vector>

namespace runner {
namespace {

constexpr size_t kLongestWord = 30;
constexpr size_t kFarthest = 2;

// Levenshtein's distance: insertions, deletions and replacements.
size_t Distance(const std::string& a, const std::string& b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 0; i < a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i + 1;
    for (size_t j = 0; j < b.size(); ++j) {
      const size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

std::optional<std::string> Nearest(const std::string& word, std::span<const std::string> known) {
  std::optional<std::string> nearest;
  size_t least = kFarthest + 1;
  for (const std::string& other : known) {
    const size_t distance = word.size() > kLongestWord ? least : Distance(word, other);
    if (distance < least) {
      least = distance;
      nearest = other;
    }
  }
  return nearest;
}

}  // namespace runner
