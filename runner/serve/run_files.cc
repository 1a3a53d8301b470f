#include "runner/serve/run_files.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <memory>
#include <set>

#include "runner/run_id.h"
#include "runner/run_paths.h"
#include "runner/serve/request_path.h"
#include "runtime/base/error.h"
#include "runtime/base/files.h"
#include "runtime/layer/listing.h"
#include "runtime/layer/pack.h"

namespace runner::serve {
namespace base = runtime::base;
namespace {

HttpReply PlainReply(int status, std::string text) {
  return HttpReply{status, "text/plain; charset=utf-8", std::move(text), {}};
}

HttpReply NoSuchFile() { return PlainReply(404, "there is no such file\n"); }

HttpReply FileReply(base::UniqueFd fd, const char* type) {
  struct stat st = {};
  if (::fstat(fd.get(), &st) != 0) {
    throw base::Error::FromErrno("look at a file to send");
  }
  HttpReply reply{200, type, {}, {{"Cache-Control", "no-store"}}};
  reply.file = std::make_shared<const base::UniqueFd>(std::move(fd));
  reply.file_bytes = static_cast<uint64_t>(st.st_size);
  return reply;
}

}  // namespace

std::optional<HttpReply> RunFiles::Handle(const HttpCall& call) {
  const auto parts = SplitPath(call.path());
  const bool reads = call.method == "GET" || call.method == "HEAD";
  if (!reads || !parts || parts->size() < 3 || parts->front() != "runs" || !IsRunId((*parts)[1])) {
    return std::nullopt;
  }
  const std::string& kind = (*parts)[2];
  const bool record = parts->size() == 3 && kind == "record.json";
  const bool tree = parts->size() == 3 && kind == "tree.tar.gz";
  const bool files = parts->size() == 4 && kind == "files";
  const bool blob = parts->size() == 5 && kind == "blobs" && (*parts)[3] == "sha256";
  if (!record && !tree && !files && !blob) {
    return std::nullopt;
  }
  const std::optional<reports::RunRecord> run = reader_.Find((*parts)[1]);
  if (!run || run->state != reports::RunState::kFinished) {
    return NoSuchFile();
  }
  if (record) {
    return HttpReply{
        200, "application/json", reports::ToJson(*run), {{"Cache-Control", "no-store"}}};
  }
  return tree ? Tree(*run) : files ? Files(*run, (*parts)[3]) : Blob(*run, (*parts)[4]);
}

HttpReply RunFiles::Tree(const reports::RunRecord& run) {
  const runtime::layer::LayerId layer = "git-" + run.tree;
  if (run.tree.empty() || !images_.layers().Has(layer)) {
    return NoSuchFile();
  }
  // Packing keeps a processor and the disk busy.
  const std::unique_lock lock(packing_, std::try_to_lock);
  if (!lock) {
    HttpReply busy = PlainReply(503, "another tree is being packed, try again\n");
    busy.headers.emplace_back("Retry-After", "1");
    return busy;
  }
  base::UniqueFd file = base::OpenFile(state_.tmp(), O_TMPFILE | O_RDWR);
  runtime::layer::Pack(images_.layers().Directories(layer), [&](std::string_view data) {
    base::WriteAll(file.get(), data, "a run's tree");
  });
  return FileReply(std::move(file), "application/gzip");
}

HttpReply RunFiles::Files(const reports::RunRecord& run, const std::string& step) const {
  auto listing = base::ReadFileIfExists(RunPaths(state_.runs(), run.id).listing(step),
                                        runtime::layer::kMaxListingBytes);
  return listing ? HttpReply{200,
                             "application/gzip",
                             std::move(*listing),
                             {{"Cache-Control", "no-store"}}}
                 : NoSuchFile();
}

// Other images of the store are nobody's to read here.
bool RunFiles::IsOf(const reports::RunRecord& run, const base::Digest& blob) const {
  std::set<std::string> digests;
  for (const auto& [name, digest] : run.images) {
    digests.insert(digest);
  }
  for (const reports::StepRecord& step : run.steps) {
    digests.insert(step.image_digest);
  }
  return std::any_of(digests.begin(), digests.end(), [&](const std::string& digest) {
    const auto manifest = base::Digest::Parse(digest);
    const auto image = manifest ? images_.Find(digest) : std::nullopt;
    return image && (image->manifest.digest == blob || image->config_blob.digest == blob ||
                     std::any_of(image->blobs.begin(), image->blobs.end(),
                                 [&](const runtime::image::Descriptor& layer) {
                                   return layer.digest == blob;
                                 }));
  });
}

HttpReply RunFiles::Blob(const reports::RunRecord& run, const std::string& hex) const {
  const std::optional<base::Digest> digest = base::Digest::Parse("sha256:" + hex);
  if (!digest || !IsOf(run, *digest)) {
    return NoSuchFile();
  }
  return FileReply(images_.OpenBlob(*digest), "application/octet-stream");
}

}  // namespace runner::serve
