#include "tests/support/sample_image.h"

#include <nlohmann/json.hpp>
#include <zlib.h>

#include <cstdio>
#include <cstring>
#include <random>
#include <stdexcept>

#include "runtime/image/manifest.h"

namespace tests {
namespace {

using Json = nlohmann::json;
using runtime::base::Digest;

// A ustar archive (POSIX.1, pax) of one regular file.
std::string Tar(const std::string& name, const std::string& content) {
  std::string header(512, '\0');
  const auto put = [&](size_t offset, const std::string& text) {
    header.replace(offset, text.size(), text);
  };
  char size[12];
  std::snprintf(size, sizeof(size), "%011zo", content.size());
  put(0, name);
  put(100, "0000644");
  put(108, "0000000");
  put(116, "0000000");
  put(124, size);
  put(136, "00000000000");
  put(148, "        ");
  put(156, "0");
  put(257, std::string("ustar\00000", 8));
  unsigned sum = 0;
  for (const char c : header) {
    sum += static_cast<unsigned char>(c);
  }
  char checksum[8];
  std::snprintf(checksum, sizeof(checksum), "%06o", sum);
  put(148, checksum);
  header[154] = '\0';
  const std::string padding((512 - content.size() % 512) % 512, '\0');
  return header + content + padding + std::string(1024, '\0');
}

std::string Noise(size_t bytes, unsigned seed) {
  std::mt19937 generator(seed);
  std::string noise(bytes, '\0');
  for (char& c : noise) {
    c = static_cast<char>(generator());
  }
  return noise;
}

Json DescriptorOf(const char* type, const std::string& blob) {
  return {{"mediaType", type}, {"digest", Digest::Of(blob).ToString()}, {"size", blob.size()}};
}

}  // namespace

std::string Gzip(const std::string& data) {
  z_stream stream{};
  if (::deflateInit2(&stream, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::runtime_error("gzip");
  }
  std::string out(::deflateBound(&stream, data.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(data.data()));
  stream.avail_in = static_cast<uInt>(data.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  ::deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  ::deflateEnd(&stream);
  return out;
}

std::string OneFileLayer(const std::string& name, const std::string& content) {
  return Gzip(Tar(name, content));
}

std::optional<std::string> SampleImage::Blob(const std::string& digest) const {
  std::vector<std::string> all = layers;
  all.push_back(config);
  for (const std::string& blob : all) {
    if (Digest::Of(blob).ToString() == digest) {
      return blob;
    }
  }
  return std::nullopt;
}

SampleImage MakeSampleImage(size_t layers, size_t file_bytes, unsigned seed) {
  SampleImage sample;
  Json diff_ids = Json::array();
  Json blobs = Json::array();
  for (size_t i = 0; i < layers; ++i) {
    const std::string tar =
        Tar("file-" + std::to_string(i), Noise(file_bytes, seed * 1000 + static_cast<unsigned>(i)));
    diff_ids.push_back(Digest::Of(tar).ToString());
    sample.layers.push_back(Gzip(tar));
    blobs.push_back(DescriptorOf(runtime::image::kLayerGzipType, sample.layers.back()));
  }
  sample.config = Json{{"architecture", runtime::image::HostArchitecture()},
                       {"os", "linux"},
                       {"config", {{"Env", {"PATH=/bin"}}, {"Cmd", {"/bin/true"}}}},
                       {"rootfs", {{"type", "layers"}, {"diff_ids", diff_ids}}}}
                      .dump();
  sample.manifest = Json{
      {"schemaVersion", 2},
      {"mediaType", runtime::image::kManifestType},
      {"config", DescriptorOf(runtime::image::kConfigType, sample.config)},
      {"layers", blobs}}.dump(1);  // not as we would write it: bytes must be kept
  return sample;
}

runtime::image::Image WriteSampleImage(const runtime::image::ImageStore& store,
                                       const SampleImage& sample) {
  std::vector<std::string> blobs = sample.layers;
  blobs.push_back(sample.config);
  for (const std::string& blob : blobs) {
    const auto writer = store.NewBlob();
    writer->Write(blob);
    writer->Commit("");
  }
  const auto writer = store.NewBlob();
  writer->Write(sample.manifest);
  return store.Load(writer->Commit(runtime::image::kManifestType));
}

}  // namespace tests
