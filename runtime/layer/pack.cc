#include "runtime/layer/pack.h"

#include "runtime/base/error.h"
#include "runtime/base/fd.h"
#include "runtime/base/files.h"
#include "runtime/base/stop.h"
#include "runtime/base/terminal_text.h"

namespace runtime::layer {

PackResult Pack(const std::filesystem::path& directory, const ByteSink& sink,
                const PackOptions& options, const std::stop_token& stop) {
  return Pack(std::vector{directory}, sink, options, stop);
}

PackResult Pack(const std::vector<std::filesystem::path>& stack, const ByteSink& sink,
                const PackOptions& options, const std::stop_token& stop) {
  const OpenedStack roots(stack);
  base::Sha256 hash;
  uint64_t bytes = 0;
  std::optional<GzipWriter> gzip;
  if (sink) {
    gzip.emplace(sink);
  }
  TarWriter writer([&](std::string_view data) {
    base::ThrowIfStopped(stop);
    hash.Update(data);
    bytes += data.size();
    if (gzip) {
      gzip->Write(data);
    }
  });
  Packer packer(writer, Meaning::kLayer,
                {.max_mtime = options.max_mtime, .max_bytes = options.max_bytes}, options.entries);
  TreeWalk walk(roots.descriptors());
  for (TreeWalk::Entry entry; walk.Next(entry);) {
    if (options.leave_out.contains(entry.path)) {
      continue;
    }
    base::WithContext("pack " + base::ForMessage(entry.path), [&] { packer.Add(entry); });
  }
  writer.Finish();
  if (gzip) {
    gzip->Finish();
  }
  return {hash.Finish(), bytes, packer.entries(), packer.skipped()};
}

}  // namespace runtime::layer
