// DNS messages as bytes, for tests.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tests {

inline std::string Short(unsigned value) {
  return {static_cast<char>(value >> 8), static_cast<char>(value)};
}

// "www.example.org" in labels.
inline std::string WireName(std::string_view name) {
  std::string out;
  for (size_t begin = 0; begin < name.size();) {
    const size_t end = std::min(name.find('.', begin), name.size());
    out.push_back(static_cast<char>(end - begin));
    out += name.substr(begin, end - begin);
    begin = end + 1;
  }
  return out + '\0';
}

struct Question {
  unsigned id = 0x1234;
  unsigned flags = 0x0100;  // recursion desired
  unsigned questions = 1;
  unsigned answers = 0;
  unsigned authorities = 0;
  unsigned additional = 0;
  std::string name = WireName("db");
  unsigned type = 1;
  unsigned class_of = 1;
  std::string rest;

  std::string Bytes() const {
    return Short(id) + Short(flags) + Short(questions) + Short(answers) + Short(authorities) +
           Short(additional) + name + Short(type) + Short(class_of) + rest;
  }
};

// An OPT record that takes answers of this length.
inline std::string Opt(unsigned payload) {
  return std::string(1, '\0') + Short(41) + Short(payload) + Short(0) + Short(0) + Short(0);
}

inline unsigned CodeOf(std::string_view answer) {
  return answer.size() < 4 ? 99 : static_cast<uint8_t>(answer[3]) & 0x0f;
}
inline unsigned AnswerCount(std::string_view answer) {
  return answer.size() < 8 ? 99 : static_cast<uint8_t>(answer[7]);
}

}  // namespace tests
