// Questions of containers: whatever is accepted has an answer to that very question, within the
// bounds that the asker set.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "runtime/network/dns_message.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using runtime::network::DnsQuery;
  using runtime::network::IpAddress;
  const std::string_view packet(reinterpret_cast<const char*>(data), size);
  const runtime::network::DnsRequest request = runtime::network::ReadDnsRequest(packet);
  const auto check = [](bool holds) {
    if (!holds) {
      std::abort();
    }
  };
  check(!request.query || !request.refusal);
  check(!request.refusal || request.refusal->size() >= 12);
  if (request.query) {
    const DnsQuery& query = *request.query;
    const IpAddress address = IpAddress::V4({10, 0, 0, 1});
    const std::string answer = runtime::network::DnsAnswer(query, {40, address});
    check(runtime::network::AnswersDnsQuery(answer, query.id, query.question));
    const std::string fitted = runtime::network::FitDnsAnswer(answer, query, query.udp_payload);
    check(fitted.size() <= query.udp_payload);
    check(runtime::network::AnswersDnsQuery(fitted, query.id, query.question));
    check(query.name.empty() || runtime::network::IsDnsName(query.name));
  }
  return 0;
}
