#include "tests/unit/layer/tar_builder.h"

#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <cstdio>
#include <cstring>

namespace runtime::layer {
namespace {

// Octal, or base 256 where that is too small (GNU tar).
void PutNumber(char* field, size_t width, int64_t value) {
  if (value >= 0 && value < (int64_t{1} << (3 * (width - 1)))) {
    std::snprintf(field, width, "%0*llo", static_cast<int>(width - 1),
                  static_cast<unsigned long long>(value));
    return;
  }
  for (size_t i = width; i-- > 0; value >>= 8) {
    field[i] = static_cast<char>(value & 0xff);
  }
  field[0] = static_cast<char>(field[0] | 0x80);
}

}  // namespace

void TarBuilder::Header(const Member& member, uint64_t size) {
  char block[512] = {};
  std::memcpy(block, member.name.data(), std::min<size_t>(member.name.size(), 100));
  PutNumber(block + 100, 8, member.mode);
  PutNumber(block + 108, 8, member.uid < 0 && member.uid == -1 ? ::geteuid() : member.uid);
  PutNumber(block + 116, 8, member.gid < 0 && member.gid == -1 ? ::getegid() : member.gid);
  PutNumber(block + 124, 12, static_cast<int64_t>(size));
  if (!member.size_field.empty()) {
    std::memcpy(block + 124, member.size_field.data(),
                std::min<size_t>(12, member.size_field.size()));
  }
  PutNumber(block + 136, 12, member.mtime);
  block[156] = member.type;
  std::memcpy(block + 157, member.link.data(), std::min<size_t>(member.link.size(), 100));
  std::memcpy(block + 257, "ustar\00000", 8);
  std::memset(block + 148, ' ', 8);
  unsigned sum = 0;
  for (const char c : block) {
    sum += static_cast<unsigned char>(c);
  }
  std::snprintf(block + 148, 8, "%06o", sum);
  bytes_.append(block, sizeof block);
}

void TarBuilder::Data(std::string_view content) {
  bytes_ += content;
  bytes_.append((512 - content.size() % 512) % 512, '\0');
}

TarBuilder& TarBuilder::Add(const Member& member) {
  std::string records;
  const auto add_record = [&](const std::string& key, const std::string& value) {
    const std::string body = " " + key + "=" + value + "\n";
    size_t size = body.size() + 1;
    while (std::to_string(size).size() + body.size() != size) {
      ++size;
    }
    records += std::to_string(size) + body;
  };
  for (const auto& [key, value] : member.pax) {
    add_record(key, value);
  }
  if (member.name.size() > 100) {
    add_record("path", member.name);
  }
  if (member.link.size() > 100) {
    add_record("linkpath", member.link);
  }
  if (!records.empty()) {
    Header({.name = "PaxHeaders/x",
            .type = 'x',
            .content = "",
            .link = "",
            .pax = {},
            .size_field = ""},
           records.size());
    Data(records);
  }
  Header(member, member.content.size());
  Data(member.content);
  return *this;
}

TarBuilder& TarBuilder::File(std::string name, std::string content) {
  Member member;
  member.name = std::move(name);
  member.content = std::move(content);
  return Add(member);
}

TarBuilder& TarBuilder::Directory(std::string name, unsigned mode) {
  Member member;
  member.name = std::move(name);
  member.type = '5';
  member.mode = mode;
  return Add(member);
}

TarBuilder& TarBuilder::Symlink(std::string name, std::string target) {
  Member member;
  member.name = std::move(name);
  member.type = '2';
  member.link = std::move(target);
  return Add(member);
}

TarBuilder& TarBuilder::HardLink(std::string name, std::string target) {
  Member member;
  member.name = std::move(name);
  member.type = '1';
  member.link = std::move(target);
  return Add(member);
}

TarBuilder& TarBuilder::Raw(std::string_view bytes) {
  bytes_ += bytes;
  return *this;
}

std::string GzipMember(std::string_view data) {
  z_stream stream = {};
  deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, data.size()) + 32, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(data.data()));
  stream.avail_in = static_cast<uInt>(data.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::string ZstdFrame(std::string_view data) {
  std::string out(ZSTD_compressBound(data.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), data.data(), data.size(), 3));
  return out;
}

}  // namespace runtime::layer
