#include "pipeline/suggestion.h"

#include <algorithm>
#include <cctype>
#include <utility>

namespace pipeline {
namespace {

// Bounds the work for a file with thousands of steps.
constexpr size_t kMaxCandidates = 2000;
constexpr size_t kMaxLength = 64;

std::string Normalised(std::string_view name) {
  std::string text(name);
  for (char& c : text) {
    c = c == '_' ? '-' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return text;
}

// Optimal string alignment: insert, delete, replace, swap two neighbours.
size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<size_t> before(b.size() + 1);
  std::vector<size_t> last(b.size() + 1);
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) {
    last[j] = j;
  }
  for (size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replace = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({replace, last[j] + 1, row[j - 1] + 1});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
    }
    std::swap(before, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

}  // namespace

std::vector<std::string> ClosestNames(std::string_view name,
                                      const std::vector<std::string_view>& candidates) {
  if (name.size() > kMaxLength) {
    return {};
  }
  const std::string wanted = Normalised(name);
  const size_t allowed = wanted.size() < 5 ? 1 : 2;
  size_t best = allowed + 1;
  std::vector<std::string> closest;
  for (size_t i = 0; i < std::min(candidates.size(), kMaxCandidates); ++i) {
    const std::string_view candidate = candidates[i];
    const size_t longer = std::max(candidate.size(), wanted.size());
    if (longer - std::min(candidate.size(), wanted.size()) > allowed) {
      continue;
    }
    const size_t distance = EditDistance(wanted, Normalised(candidate));
    if (distance < best) {
      best = distance;
      closest.clear();
    }
    if (distance == best && distance <= allowed) {
      closest.emplace_back(candidate);
    }
  }
  return closest;
}

std::string ClosestName(std::string_view name, const std::vector<std::string_view>& candidates) {
  const std::vector<std::string> closest = ClosestNames(name, candidates);
  return closest.empty() ? "" : closest.front();
}

std::string DidYouMean(std::string_view name, const std::vector<std::string_view>& candidates) {
  const std::string closest = ClosestName(name, candidates);
  return closest.empty() ? "" : ", did you mean \"" + closest + "\"?";
}

}  // namespace pipeline
