#include "runtime/layer/decompress.h"

#include <isa-l/igzip_lib.h>
#include <unistd.h>
#include <zstd.h>

#include <vector>

#include "runtime/base/error.h"

namespace runtime::layer {
using base::Error;
using base::ErrorKind;
namespace {

constexpr size_t kInputBytes = 256u << 10;
constexpr size_t kOutputBytes = 1u << 20;
constexpr size_t kMagicBytes = 4;

// The compressed bytes, with those that were read to look at the magic number put back.
class Input {
 public:
  explicit Input(ByteSource source) : source_(std::move(source)), buffer_(kInputBytes) {
    while (size_ < kMagicBytes) {
      const size_t n = source_(buffer_.data() + size_, buffer_.size() - size_);
      if (n == 0) {
        break;
      }
      size_ += n;
    }
    consumed_ = size_;
  }

  std::string_view first() const { return {buffer_.data(), size_}; }
  uint64_t consumed() const { return consumed_; }

  std::string_view Next() {
    if (started_) {
      size_ = source_(buffer_.data(), buffer_.size());
      consumed_ += size_;
    }
    started_ = true;
    return {buffer_.data(), size_};
  }

 private:
  ByteSource source_;
  std::vector<char> buffer_;
  size_t size_ = 0;
  uint64_t consumed_ = 0;
  bool started_ = false;
};

class Plain final : public Decompressor {
 public:
  explicit Plain(Input input) : input_(std::move(input)) {}
  std::string_view Next() override { return input_.Next(); }
  uint64_t consumed() const override { return input_.consumed(); }

 private:
  Input input_;
};

class Gzip final : public Decompressor {
 public:
  explicit Gzip(Input input) : input_(std::move(input)), output_(kOutputBytes) {
    isal_inflate_init(state_.get());
    state_->crc_flag = ISAL_GZIP;
  }

  std::string_view Next() override {
    state_->next_out = output_.data();
    state_->avail_out = static_cast<uint32_t>(output_.size());
    while (state_->avail_out > 0) {
      Refill();
      if (state_->block_state == ISAL_BLOCK_FINISH) {
        if (state_->avail_in == 0) {
          break;
        }
        isal_inflate_reset(state_.get());
        state_->crc_flag = ISAL_GZIP;
      }
      const uint32_t room = state_->avail_out;
      const int result = isal_inflate(state_.get());
      if (result == ISAL_INCORRECT_CHECKSUM) {
        throw Error(ErrorKind::kInvalid, "gzip: checksum doesn't match");
      }
      if (result < 0) {
        throw Error(ErrorKind::kInvalid, "gzip: damaged or trailing data");
      }
      if (ended_ && state_->avail_out == room) {
        break;  // It holds nothing more either.
      }
    }
    const size_t size = output_.size() - state_->avail_out;
    if (size == 0 && state_->block_state != ISAL_BLOCK_FINISH) {
      throw Error(ErrorKind::kInvalid, "gzip: the data ends too early");
    }
    return {reinterpret_cast<const char*>(output_.data()), size};
  }

  uint64_t consumed() const override { return input_.consumed(); }

 private:
  void Refill() {
    if (state_->avail_in == 0 && !ended_) {
      const std::string_view data = input_.Next();
      ended_ = data.empty();
      // isal_inflate() only reads; its interface lacks the const.
      state_->next_in = reinterpret_cast<uint8_t*>(const_cast<char*>(data.data()));
      state_->avail_in = static_cast<uint32_t>(data.size());
    }
  }

  Input input_;
  std::vector<uint8_t> output_;
  std::unique_ptr<inflate_state> state_ = std::make_unique<inflate_state>();
  bool ended_ = false;
};

struct FreeZstd {
  void operator()(ZSTD_DStream* stream) const { ZSTD_freeDStream(stream); }
};

class Zstd final : public Decompressor {
 public:
  explicit Zstd(Input input)
      : input_(std::move(input)), output_(kOutputBytes), stream_(ZSTD_createDStream()) {}

  std::string_view Next() override {
    ZSTD_outBuffer out = {output_.data(), output_.size(), 0};
    while (out.pos < out.size) {
      if (in_.pos == in_.size && !ended_) {
        const std::string_view data = input_.Next();
        ended_ = data.empty();
        in_ = {data.data(), data.size(), 0};
      }
      const size_t before = out.pos;
      const bool fed = in_.pos < in_.size;
      if (!fed && ended_ && wanted_ == 0) {
        break;
      }
      wanted_ = ZSTD_decompressStream(stream_.get(), &out, &in_);
      if (ZSTD_isError(wanted_)) {
        throw Error(ErrorKind::kInvalid,
                    std::string("zstd: damaged or trailing data: ") + ZSTD_getErrorName(wanted_));
      }
      if (!fed && ended_ && out.pos == before) {
        throw Error(ErrorKind::kInvalid, "zstd: the data ends too early");
      }
    }
    return {output_.data(), out.pos};
  }

  uint64_t consumed() const override { return input_.consumed(); }

 private:
  Input input_;
  std::vector<char> output_;
  std::unique_ptr<ZSTD_DStream, FreeZstd> stream_;
  ZSTD_inBuffer in_ = {nullptr, 0, 0};
  size_t wanted_ = 1;  // 0 between frames
  bool ended_ = false;
};

bool IsZstd(std::string_view first) {
  // A frame, or a skippable frame (RFC 8878, 3.1.1 and 3.1.2).
  return first.starts_with("\x28\xb5\x2f\xfd") ||
         (first.size() >= kMagicBytes && (first[0] & 0xf0) == 0x50 &&
          first.substr(1, 3) == "\x2a\x4d\x18");
}

}  // namespace

ByteSource FromDescriptor(int fd) {
  return [fd](char* buffer, size_t size) {
    while (true) {
      const ssize_t n = ::read(fd, buffer, size);
      if (n >= 0) {
        return static_cast<size_t>(n);
      }
      if (errno != EINTR) {
        throw Error::FromErrno("read a layer");
      }
    }
  };
}

std::unique_ptr<Decompressor> MakeDecompressor(ByteSource source) {
  Input input(std::move(source));
  const std::string_view first = input.first();
  if (first.starts_with("\x1f\x8b")) {
    return std::make_unique<Gzip>(std::move(input));
  }
  if (IsZstd(first)) {
    return std::make_unique<Zstd>(std::move(input));
  }
  return std::make_unique<Plain>(std::move(input));
}

}  // namespace runtime::layer
