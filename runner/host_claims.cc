#include "runner/host_claims.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "runtime/base/units.h"

namespace runner {
namespace {

// Sums of what files say in decimals.
constexpr double kCpuUnit = 1e-6;

class Claims {
 public:
  Claims(const std::vector<HostClaim>& claims, uint64_t ticket, const HostShare& capacity)
      : claims_(claims), capacity_(capacity), asked_(Find(ticket)) {
    for (const HostClaim& claim : claims) {
      if (claim.holding) {
        held_.cpus += claim.share.cpus;
        held_.memory_bytes += claim.share.memory_bytes;
        part_[claim.repository] += PartOfHost(claim.share);
      }
    }
  }

  std::string WhyItWaits() {
    const bool alone = std::none_of(claims_.begin(), claims_.end(),
                                    [](const HostClaim& claim) { return claim.holding; });
    const HostClaim* first = First();
    if (first != &asked_) {
      return "waits for its turn behind " + Name(*first);
    }
    const HostShare& share = asked_.share;
    if (alone) {
      return "";
    }
    if (share.cpus > 0 && held_.cpus + share.cpus > capacity_.cpus + kCpuUnit) {
      return fmt::format("waits for {:.6g} processors: {:.6g} of {:.6g} are free beside {}",
                         share.cpus, std::max(capacity_.cpus - held_.cpus, 0.0), capacity_.cpus,
                         Holders());
    }
    if (share.memory_bytes > 0 &&
        held_.memory_bytes + share.memory_bytes > capacity_.memory_bytes) {
      using runtime::base::FormatSize;
      const uint64_t taken = std::min(held_.memory_bytes, capacity_.memory_bytes);
      return fmt::format("waits for {} of memory: {} of {} are free beside {}",
                         FormatSize(share.memory_bytes), FormatSize(capacity_.memory_bytes - taken),
                         FormatSize(capacity_.memory_bytes), Holders());
    }
    return "";
  }

 private:
  const HostClaim& Find(uint64_t ticket) const {
    return *std::find_if(claims_.begin(), claims_.end(),
                         [&](const HostClaim& claim) { return claim.ticket == ticket; });
  }

  // The scarcer of the two counts.
  double PartOfHost(const HostShare& share) const {
    return std::max(share.cpus / capacity_.cpus, static_cast<double>(share.memory_bytes) /
                                                     static_cast<double>(capacity_.memory_bytes));
  }

  const HostClaim* First() {
    const HostClaim* first = nullptr;
    std::pair<double, uint64_t> best;
    for (const HostClaim& claim : claims_) {
      const std::pair<double, uint64_t> place = {part_[claim.repository], claim.ticket};
      if (!claim.holding && (first == nullptr || place < best)) {
        first = &claim;
        best = place;
      }
    }
    return first;
  }

  // Steps of one repository are no other's business.
  std::string Name(const HostClaim& claim) const {
    return claim.repository == asked_.repository ? claim.what : "a step of another repository";
  }

  std::string Holders() const {
    constexpr size_t kNamed = 3;
    std::vector<std::string> names;
    size_t holders = 0;
    for (const HostClaim& claim : claims_) {
      if (!claim.holding) {
        continue;
      }
      ++holders;
      if (names.size() < kNamed) {
        names.push_back(Name(claim));
      }
    }
    return fmt::format("{}{}", fmt::join(names, ", "),
                       holders > kNamed ? fmt::format(" and {} more", holders - kNamed) : "");
  }

  const std::vector<HostClaim>& claims_;
  const HostShare& capacity_;
  const HostClaim& asked_;
  HostShare held_;
  std::map<std::string, double> part_;  // of the host, by repository
};

}  // namespace

std::string WhyItWaits(const std::vector<HostClaim>& claims, uint64_t ticket,
                       const HostShare& capacity) {
  return Claims(claims, ticket, capacity).WhyItWaits();
}

}  // namespace runner
