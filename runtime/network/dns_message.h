// DNS messages (RFC 1035, RFC 6891): questions of containers, read strictly and within bounds, and
// the answers to them. Pure functions over bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/network/ip_address.h"

namespace runtime::network {

enum class DnsCode : uint8_t {
  kNoError = 0,
  kFormatError = 1,
  kServerFailure = 2,
  kNoSuchName = 3,
  kNotImplemented = 4,
  kRefused = 5,
};

inline constexpr uint16_t kDnsTypeA = 1;
inline constexpr uint16_t kDnsTypeAaaa = 28;
inline constexpr uint16_t kDnsTypeAny = 255;

// No message is longer than what its length over TCP can say.
inline constexpr size_t kMaxDnsMessage = 65535;

struct DnsQuery {
  uint16_t id = 0;
  bool recursion = false;
  // Labels in lower case, with dots between them. Empty for the root, and for a name with other
  // bytes than letters, digits, '-' and '_', which is none of ours.
  std::string name;
  uint16_t type = 0;
  std::string question;      // as it was asked: name, type and class
  bool extended = false;     // it has an OPT record
  size_t udp_payload = 512;  // the longest answer over UDP that the asker takes
};

// What a packet is: a question; or one to answer with nothing but a code; or one not to answer at
// all, such as an answer (which would be answered again, for ever).
struct DnsRequest {
  std::optional<DnsQuery> query;
  std::optional<std::string> refusal;  // the whole answer
};
DnsRequest ReadDnsRequest(std::string_view packet);

// The addresses of the type that was asked for; that may be none.
std::string DnsAnswer(const DnsQuery& query, const std::vector<IpAddress>& addresses);
std::string DnsRefusal(const DnsQuery& query, DnsCode code);

// The same question for a nameserver, under another id. Nothing else of the asker's goes there.
std::string DnsQuestion(const DnsQuery& query, uint16_t id);

// Whether `packet` answers the question that was asked with this id.
bool AnswersDnsQuery(std::string_view packet, uint16_t id, std::string_view question);

// Of packets for which that is true: whether it was cut to fit a datagram; whether it is an answer
// that another nameserver wouldn't have better (there is such a name, or there is none).
bool IsCutDnsAnswer(std::string_view packet);
bool IsUsefulDnsAnswer(std::string_view packet);
void SetDnsId(std::string& packet, uint16_t id);

// The same for an asker that takes no more than `limit` bytes: without records, marked as cut, so
// that it asks again over TCP.
std::string FitDnsAnswer(std::string packet, const DnsQuery& query, size_t limit);

// Letters, digits, '-' and '_' in labels of at most 63 with dots between them, 253 in all: what a
// container can be called.
bool IsDnsName(std::string_view name);

}  // namespace runtime::network
