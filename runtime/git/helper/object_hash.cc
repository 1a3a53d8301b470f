#include "runtime/git/helper/object_hash.h"

#include <openssl/evp.h>

#include <string>

#include "runtime/base/error.h"

namespace runtime::git {

struct ObjectHash::State {
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context{EVP_MD_CTX_new(),
                                                                  &EVP_MD_CTX_free};
  void Expect(int result) const {
    if (result != 1) {
      throw base::Error(base::ErrorKind::kInternal, "compute a SHA-1");
    }
  }
};

ObjectHash::ObjectHash(std::string_view type, uint64_t size) : state_(std::make_unique<State>()) {
  state_->Expect(EVP_DigestInit_ex(state_->context.get(), EVP_sha1(), nullptr));
  std::string header(type);
  header += ' ';
  header += std::to_string(size);
  header += '\0';
  Update(header);
}

ObjectHash::~ObjectHash() = default;

void ObjectHash::Update(std::string_view data) {
  state_->Expect(EVP_DigestUpdate(state_->context.get(), data.data(), data.size()));
}

git_oid ObjectHash::Finish() {
  git_oid id;
  state_->Expect(EVP_DigestFinal_ex(state_->context.get(), id.id, nullptr));
  return id;
}

git_oid ObjectHash::Of(std::string_view type, std::string_view content) {
  ObjectHash hash(type, content.size());
  hash.Update(content);
  return hash.Finish();
}

}  // namespace runtime::git
