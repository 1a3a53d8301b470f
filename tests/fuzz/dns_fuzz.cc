// Questions of containers: whatever is accepted has an answer to that very question, within the
// bounds that the asker set. Answers of nameservers: what is taken for one can be handed on.
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
  if (size > 12) {
    const auto id = static_cast<uint16_t>(data[0] << 8 | data[1]);
    const std::string_view question = packet.substr(12, data[size - 1] % (size - 12));
    if (runtime::network::AnswersDnsQuery(packet, id, question)) {
      std::string answer(packet);
      runtime::network::SetDnsId(answer, static_cast<uint16_t>(id ^ 0xffff));
      check(!runtime::network::AnswersDnsQuery(answer, id, question));
      check(runtime::network::IsCutDnsAnswer(answer) == runtime::network::IsCutDnsAnswer(packet));
      static_cast<void>(runtime::network::IsUsefulDnsAnswer(answer));
    }
  }
  return 0;
}
