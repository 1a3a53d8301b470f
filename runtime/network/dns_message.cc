#include "runtime/network/dns_message.h"

#include <algorithm>

namespace runtime::network {
namespace {

constexpr size_t kHeaderSize = 12;
constexpr size_t kMaxLabel = 63;
constexpr size_t kMaxWireName = 255;
constexpr uint16_t kClassInternet = 1;
constexpr uint16_t kTypeOpt = 41;
constexpr uint16_t kOurUdpPayload = 1232;  // the DNS flag day of 2020: fits every path
constexpr uint32_t kTimeToLive = 1;        // seconds; steps come and go

// Bits of the header's third and fourth byte.
constexpr uint16_t kIsAnswer = 0x8000;
constexpr uint16_t kOpcode = 0x7800;
constexpr uint16_t kCut = 0x0200;
constexpr uint16_t kRecursionDesired = 0x0100;
constexpr uint16_t kRecursionAvailable = 0x0080;

// Reads what is there, and notes when it isn't.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  uint8_t Byte() {
    if (at_ >= bytes_.size()) {
      good_ = false;
      return 0;
    }
    return static_cast<uint8_t>(bytes_[at_++]);
  }
  uint16_t Short() {
    const uint8_t high = Byte();
    return static_cast<uint16_t>(high << 8 | Byte());
  }
  std::string_view Bytes(size_t count) {
    if (count > bytes_.size() - at_) {
      good_ = false;
      return {};
    }
    at_ += count;
    return bytes_.substr(at_ - count, count);
  }
  void Fail() { good_ = false; }
  bool good() const { return good_; }
  bool at_end() const { return at_ == bytes_.size(); }
  size_t at() const { return at_; }

 private:
  std::string_view bytes_;
  size_t at_ = 0;
  bool good_ = true;
};

void PutShort(std::string& out, uint16_t value) {
  out.push_back(static_cast<char>(value >> 8));
  out.push_back(static_cast<char>(value));
}

void PutLong(std::string& out, uint32_t value) {
  PutShort(out, static_cast<uint16_t>(value >> 16));
  PutShort(out, static_cast<uint16_t>(value));
}

bool IsNameByte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_';
}

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

// A name without compression, which has no place in a question: nothing comes before it.
std::string ReadName(Reader& reader) {
  const size_t begin = reader.at();
  std::string name;
  bool plain = true;
  while (reader.good()) {
    const uint8_t length = reader.Byte();
    if (length == 0) {
      break;
    }
    const std::string_view label = reader.Bytes(std::min<size_t>(length, kMaxLabel));
    if (length > kMaxLabel || reader.at() - begin >= kMaxWireName) {
      reader.Fail();
    }
    plain = plain && std::all_of(label.begin(), label.end(), IsNameByte);
    if (!name.empty()) {
      name.push_back('.');
    }
    std::transform(label.begin(), label.end(), std::back_inserter(name), Lower);
  }
  return plain ? name : std::string();
}

std::string Header(const DnsQuery& query, DnsCode code, uint16_t answers) {
  std::string out;
  PutShort(out, query.id);
  PutShort(out, static_cast<uint16_t>(kIsAnswer | kRecursionAvailable |
                                      (query.recursion ? kRecursionDesired : 0) |
                                      static_cast<uint16_t>(code)));
  PutShort(out, query.question.empty() ? 0 : 1);
  PutShort(out, answers);
  PutShort(out, 0);
  PutShort(out, query.extended ? 1 : 0);
  return out + query.question;
}

// An asker that knows the extension gets an OPT record too (RFC 6891, 7).
void PutExtension(std::string& out, const DnsQuery& query) {
  if (query.extended) {
    out.push_back('\0');
    PutShort(out, kTypeOpt);
    PutShort(out, kOurUdpPayload);
    PutLong(out, 0);
    PutShort(out, 0);
  }
}

// Everything behind the header. False when it breaks the format.
bool ReadBody(Reader& reader, std::string_view packet, uint16_t additional, uint16_t& class_of,
              DnsQuery& query) {
  query.name = ReadName(reader);
  query.type = reader.Short();
  class_of = reader.Short();
  if (!reader.good()) {
    return false;
  }
  query.question = packet.substr(kHeaderSize, reader.at() - kHeaderSize);
  if (additional == 1) {
    const uint8_t root = reader.Byte();
    const uint16_t type = reader.Short();
    const uint16_t payload = reader.Short();
    reader.Bytes(4);
    reader.Bytes(reader.Short());
    if (root != 0 || type != kTypeOpt) {
      return false;
    }
    query.extended = true;
    query.udp_payload = std::max<size_t>(payload, 512);
  }
  return reader.good() && reader.at_end();
}

}  // namespace

DnsRequest ReadDnsRequest(std::string_view packet) {
  Reader reader(packet);
  DnsQuery query;
  query.id = reader.Short();
  const uint16_t flags = reader.Short();
  const uint16_t questions = reader.Short();
  const uint16_t answers = reader.Short();
  const uint16_t authorities = reader.Short();
  const uint16_t additional = reader.Short();
  if (!reader.good() || (flags & kIsAnswer) != 0) {
    return {};
  }
  query.recursion = (flags & kRecursionDesired) != 0;
  DnsRequest request;
  uint16_t class_of = 0;
  if ((flags & kOpcode) != 0) {
    request.refusal = DnsRefusal(query, DnsCode::kNotImplemented);
  } else if (questions != 1 || answers != 0 || authorities != 0 || additional > 1 ||
             !ReadBody(reader, packet, additional, class_of, query)) {
    query.question.clear();
    query.extended = false;
    request.refusal = DnsRefusal(query, DnsCode::kFormatError);
  } else if (class_of != kClassInternet) {
    request.refusal = DnsRefusal(query, DnsCode::kRefused);
  } else {
    request.query = std::move(query);
  }
  return request;
}

std::string DnsAnswer(const DnsQuery& query, const std::vector<IpAddress>& addresses) {
  std::string records;
  uint16_t count = 0;
  for (const IpAddress& address : addresses) {
    const uint16_t type = address.v6 ? kDnsTypeAaaa : kDnsTypeA;
    if (query.type != type && query.type != kDnsTypeAny) {
      continue;
    }
    PutShort(records, 0xc000 | kHeaderSize);  // the name, as in the question
    PutShort(records, type);
    PutShort(records, kClassInternet);
    PutLong(records, kTimeToLive);
    PutShort(records, static_cast<uint16_t>(address.data().size()));
    records.append(address.data().begin(), address.data().end());
    ++count;
  }
  std::string out = Header(query, DnsCode::kNoError, count) + records;
  PutExtension(out, query);
  return out;
}

std::string DnsRefusal(const DnsQuery& query, DnsCode code) {
  std::string out = Header(query, code, 0);
  PutExtension(out, query);
  return out;
}

std::string DnsQuestion(const DnsQuery& query, uint16_t id) {
  std::string out;
  PutShort(out, id);
  PutShort(out, kRecursionDesired);
  PutShort(out, 1);
  PutShort(out, 0);
  PutShort(out, 0);
  PutShort(out, query.extended ? 1 : 0);
  out += query.question;
  PutExtension(out, query);
  return out;
}

bool AnswersDnsQuery(std::string_view packet, uint16_t id, std::string_view question) {
  Reader reader(packet);
  const bool same_id = reader.Short() == id;
  const bool answer = (reader.Short() & kIsAnswer) != 0;
  const bool one_question = reader.Short() == 1;
  reader.Bytes(6);
  return reader.Bytes(question.size()) == question && reader.good() && same_id && answer &&
         one_question && packet.size() <= kMaxDnsMessage;
}

bool IsCutDnsAnswer(std::string_view packet) {
  return (static_cast<uint8_t>(packet[2]) & kCut >> 8) != 0;
}

bool IsUsefulDnsAnswer(std::string_view packet) {
  const auto code = static_cast<DnsCode>(static_cast<uint8_t>(packet[3]) & 0x0f);
  return code == DnsCode::kNoError || code == DnsCode::kNoSuchName;
}

void SetDnsId(std::string& packet, uint16_t id) {
  packet[0] = static_cast<char>(id >> 8);
  packet[1] = static_cast<char>(id);
}

std::string FitDnsAnswer(std::string packet, const DnsQuery& query, size_t limit) {
  if (packet.size() <= limit) {
    return packet;
  }
  std::string out = Header(query, DnsCode::kNoError, 0);
  out[2] = static_cast<char>(out[2] | kCut >> 8);
  PutExtension(out, query);
  return out;
}

bool IsDnsName(std::string_view name) {
  if (name.empty() || name.size() > 253) {
    return false;
  }
  for (size_t begin = 0; begin <= name.size();) {
    const size_t end = std::min(name.find('.', begin), name.size());
    const std::string_view label = name.substr(begin, end - begin);
    if (label.empty() || label.size() > kMaxLabel ||
        !std::all_of(label.begin(), label.end(), IsNameByte)) {
      return false;
    }
    begin = end + 1;
  }
  return true;
}

}  // namespace runtime::network
