// XmlInput: a report file as clean UTF-8, so that the XML parser sees nothing it must refuse.
//
// Test programs write what they like: raw terminal colours, invalid bytes, UTF-16. XML 1.0 section
// 2.2 forbids most of it. Colour sequences are dropped; other forbidden characters, also as
// character references ("&#27;"), become U+FFFD.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace reports {

class XmlInput {
 public:
  // `content` must outlive the object. A tag, comment or processing instruction longer than
  // `max_markup_bytes` ends the input: a parser would have to hold it in memory as a whole.
  XmlInput(std::string_view content, size_t max_markup_bytes);

  // Puts the next piece (some 64 KiB) into `chunk`; false at the end.
  bool Next(std::string& chunk);

  size_t repairs() const { return repairs_; }
  bool markup_too_long() const { return markup_too_long_; }

 private:
  enum class Place { kText, kTag, kComment, kInstruction, kCdata };

  void Decode(std::string_view content);
  bool TakeReference(std::string& chunk);
  void TakeControl(std::string& chunk);
  void TakeSequence(std::string& chunk);
  void Track(char c);
  void Replace(std::string& chunk, size_t length);

  std::string decoded_;  // of another encoding than UTF-8
  std::string_view text_;
  const size_t max_markup_bytes_;
  size_t pos_ = 0;
  Place place_ = Place::kText;
  size_t markup_start_ = 0;
  char quote_ = 0;
  size_t repairs_ = 0;
  bool markup_too_long_ = false;
};

}  // namespace reports
