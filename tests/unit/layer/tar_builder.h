// TarBuilder: archives as tests want them, the impossible ones too.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace runtime::layer {

struct Member {
  std::string name;
  char type = '0';  // the header's typeflag
  std::string content;
  std::string link;
  unsigned mode = 0644;
  int64_t uid = -1;  // -1: the caller's own
  int64_t gid = -1;
  int64_t mtime = 1'700'000'000;
  std::vector<std::pair<std::string, std::string>> pax;  // records of an extended header before it
  std::string size_field;  // in place of content's size, 12 bytes as they are
};

class TarBuilder {
 public:
  TarBuilder& Add(const Member& member);
  TarBuilder& File(std::string name, std::string content = "x");
  TarBuilder& Directory(std::string name, unsigned mode = 0755);
  TarBuilder& Symlink(std::string name, std::string target);
  TarBuilder& HardLink(std::string name, std::string target);
  TarBuilder& Whiteout(std::string name) { return File(std::move(name), ""); }
  TarBuilder& Raw(std::string_view bytes);

  // With the end marker: two blocks of zeros.
  std::string Finish() const { return bytes_ + std::string(1024, '\0'); }
  const std::string& bytes() const { return bytes_; }

 private:
  void Header(const Member& member, uint64_t size);
  void Data(std::string_view content);
  std::string bytes_;
};

// One gzip member (RFC 1952), by zlib.
std::string GzipMember(std::string_view data);
std::string ZstdFrame(std::string_view data);

}  // namespace runtime::layer
