#include "runtime/layer/gzip.h"

#include <isa-l/igzip_lib.h>

#include <vector>

#include "runtime/base/error.h"

namespace runtime::layer {
namespace {

constexpr size_t kCompressedBytes = 256u << 10;
constexpr size_t kMaxPart = 1u << 30;  // ISA-L counts in 32 bits

}  // namespace

struct GzipWriter::State {
  explicit State(ByteSink s) : sink(std::move(s)) {}
  ByteSink sink;
  isal_zstream stream;
  std::vector<uint8_t> level_buffer = std::vector<uint8_t>(ISAL_DEF_LVL1_LARGE);
  std::vector<uint8_t> output = std::vector<uint8_t>(kCompressedBytes);
};

GzipWriter::GzipWriter(ByteSink sink) : state_(std::make_unique<State>(std::move(sink))) {
  isal_zstream& stream = state_->stream;
  isal_deflate_init(&stream);
  stream.level = 1;
  stream.level_buf = state_->level_buffer.data();
  stream.level_buf_size = static_cast<uint32_t>(state_->level_buffer.size());
  stream.gzip_flag = IGZIP_GZIP;
}

GzipWriter::~GzipWriter() = default;

void GzipWriter::Write(std::string_view data) {
  while (!data.empty()) {
    const std::string_view part = data.substr(0, kMaxPart);
    Deflate(part, false);
    data.remove_prefix(part.size());
  }
}

void GzipWriter::Finish() { Deflate({}, true); }

void GzipWriter::Deflate(std::string_view data, bool last) {
  isal_zstream& stream = state_->stream;
  // isal_deflate() only reads; its interface lacks the const.
  stream.next_in = reinterpret_cast<uint8_t*>(const_cast<char*>(data.data()));
  stream.avail_in = static_cast<uint32_t>(data.size());
  stream.end_of_stream = last ? 1 : 0;
  stream.flush = NO_FLUSH;
  do {
    stream.next_out = state_->output.data();
    stream.avail_out = static_cast<uint32_t>(state_->output.size());
    if (isal_deflate(&stream) != COMP_OK) {
      throw base::Error(base::ErrorKind::kInternal, "gzip: compress");
    }
    state_->sink({reinterpret_cast<const char*>(state_->output.data()),
                  state_->output.size() - stream.avail_out});
  } while (stream.avail_out == 0 || stream.avail_in > 0);
}

}  // namespace runtime::layer
