#include "runtime/git/helper/remote_access.h"

#include <algorithm>

#include "runtime/base/terminal_text.h"
#include "runtime/base/units.h"
#include "runtime/git/helper/git_library.h"

namespace runtime::git {
namespace {

using base::Error;
using base::ErrorKind;
using base::ForMessage;

constexpr size_t kMaxHeads = 2'000'000;

}  // namespace

RemoteAccess::RemoteAccess(const HelperRequest& request, const ProgressLine& progress)
    : request_(request), progress_(progress) {}

int RemoteAccess::Refuse(ErrorKind kind, std::string message) {
  if (!refused_) {
    refused_ = true;
    refusal_kind_ = kind;
    refusal_ = std::move(message);
  }
  git_error_set_str(GIT_ERROR_CALLBACK, refusal_.c_str());
  return GIT_EUSER;
}

void RemoteAccess::Check(int code, std::string_view what) {
  if (code < 0 && refused_) {
    throw Error(refusal_kind_, std::string(what) + ": " + refusal_);
  }
  try {
    runtime::git::Check(code, what);
  } catch (const DamagedRepository&) {
    throw;
  } catch (const Error& e) {
    // A connection that just ends has no errno to tell.
    throw e.kind() == ErrorKind::kInternal ? Error(ErrorKind::kUnavailable, e.what()) : e;
  }
}

int RemoteAccess::OnCredential(git_credential** out, const char* /*url*/, const char* user,
                               unsigned allowed, void* payload) {
  return static_cast<RemoteAccess*>(payload)->GiveCredential(out, user, allowed);
}

int RemoteAccess::GiveCredential(git_credential** out, const char* user, unsigned allowed) {
  const Credential& credential = request_.credential;
  const char* name = user != nullptr ? user : credential.username.c_str();
  if ((allowed & GIT_CREDENTIAL_USERNAME) != 0) {
    return git_credential_username_new(out, *name != '\0' ? name : "git");
  }
  if (credential.empty()) {
    return Refuse(ErrorKind::kPermission,
                  "the repository asks for a login (or doesn't exist) and no credential is given");
  }
  if (offered_) {
    return Refuse(ErrorKind::kPermission, "the credential was refused");
  }
  offered_ = true;
  if ((allowed & GIT_CREDENTIAL_SSH_KEY) != 0 && !credential.ssh_key.empty()) {
    return git_credential_ssh_key_memory_new(
        out, name, nullptr, credential.ssh_key.c_str(),
        credential.password.empty() ? nullptr : credential.password.c_str());
  }
  if ((allowed & GIT_CREDENTIAL_USERPASS_PLAINTEXT) != 0 && credential.ssh_key.empty()) {
    return git_credential_userpass_plaintext_new(out, credential.username.c_str(),
                                                 credential.password.c_str());
  }
  return Refuse(ErrorKind::kPermission, "the credential is of a kind that it doesn't accept");
}

int RemoteAccess::OnCertificate(git_cert* certificate, int valid, const char* host, void* payload) {
  auto& self = *static_cast<RemoteAccess*>(payload);
  if (valid != 0) {
    return 0;
  }
  if (certificate->cert_type == GIT_CERT_HOSTKEY_LIBSSH2) {
    if (self.request_.credential.accept_unknown_hosts &&
        self.request_.credential.known_hosts.empty()) {
      return 0;
    }
    return self.Refuse(ErrorKind::kPermission,
                       "the host key of " + ForMessage(host) +
                           " isn't the one in known_hosts; check it with ssh-keyscan and add it");
  }
  return self.Refuse(ErrorKind::kPermission,
                     "the certificate of " + ForMessage(host) +
                         " isn't valid for it, or its issuer isn't among this host's CA "
                         "certificates");
}

int RemoteAccess::OnTransfer(const git_indexer_progress* stats, void* payload) {
  auto& self = *static_cast<RemoteAccess*>(payload);
  const CheckoutLimits& limits = self.request_.limits;
  if (stats->received_bytes > limits.pack_bytes) {
    return self.Refuse(ErrorKind::kInvalid, "the repository sends more than the limit of " +
                                                base::FormatSize(limits.pack_bytes));
  }
  if (stats->total_objects > limits.objects) {
    return self.Refuse(ErrorKind::kInvalid, "the repository sends more than the limit of " +
                                                std::to_string(limits.objects) + " objects");
  }
  const int percent =
      stats->total_objects == 0
          ? 0
          : static_cast<int>(100ull * stats->received_objects / stats->total_objects);
  if (percent / 10 != self.percent_ / 10 || self.percent_ < 0) {
    self.percent_ = percent;
    self.progress_("received " + std::to_string(percent) + "% of " +
                   std::to_string(stats->total_objects) + " objects, " +
                   base::FormatSize(stats->received_bytes));
  }
  return 0;
}

int RemoteAccess::OnSideband(const char* text, int length, void* payload) {
  auto& self = *static_cast<RemoteAccess*>(payload);
  std::string_view rest(text, static_cast<size_t>(std::max(length, 0)));
  while (!rest.empty()) {
    const size_t end = std::min(rest.find_first_of("\r\n"), rest.size());
    if (end > 0 && end < rest.size() && rest[end] == '\n') {
      self.progress_("remote: " + ForMessage(rest.substr(0, end)));
    }
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return 0;
}

git_remote_callbacks RemoteAccess::Callbacks() {
  git_remote_callbacks callbacks;
  runtime::git::Check(git_remote_init_callbacks(&callbacks, GIT_REMOTE_CALLBACKS_VERSION),
                      "set up the connection");
  callbacks.credentials = &OnCredential;
  callbacks.certificate_check = &OnCertificate;
  callbacks.transfer_progress = &OnTransfer;
  callbacks.sideband_progress = &OnSideband;
  callbacks.payload = this;
  return callbacks;
}

void RemoteAccess::Connect(git_repository* mirror) {
  offered_ = false;
  const std::string what = "connect to " + ForMessage(request_.url);
  // Only now: reading them takes several milliseconds, and a commit that is there needs none.
  if (!request_.certificates.empty() && request_.url.starts_with("https:")) {
    Check(git_libgit2_opts(GIT_OPT_SET_SSL_CERT_LOCATIONS, request_.certificates.c_str(), nullptr),
          "read the CA certificates");
  }
  Check(Take(remote_,
             [&](auto** out) {
               return git_remote_create_anonymous(out, mirror, request_.url.c_str());
             }),
        what);
  git_remote_connect_options options;
  Check(git_remote_connect_options_init(&options, GIT_REMOTE_CONNECT_OPTIONS_VERSION), what);
  options.callbacks = Callbacks();
  options.follow_redirects =
      request_.credential.empty() ? GIT_REMOTE_REDIRECT_INITIAL : GIT_REMOTE_REDIRECT_NONE;
  Check(git_remote_connect_ext(remote_.get(), GIT_DIRECTION_FETCH, &options), what);

  const git_remote_head** found = nullptr;
  size_t count = 0;
  Check(git_remote_ls(&found, &count, remote_.get()), what);
  if (count > kMaxHeads) {
    throw Error(ErrorKind::kInvalid, what + ": it has more than 2000000 references");
  }
  heads_.clear();
  default_branch_.clear();
  for (size_t i = 0; i < count; ++i) {
    heads_.push_back({found[i]->name, found[i]->oid});
  }
  git_buf branch = GIT_BUF_INIT;
  if (git_remote_default_branch(&branch, remote_.get()) == 0) {
    default_branch_.assign(branch.ptr, branch.size);
  }
  git_buf_dispose(&branch);
}

const RemoteHead* RemoteAccess::Find(std::string_view name) const {
  const auto found = std::find_if(heads_.begin(), heads_.end(),
                                  [&](const RemoteHead& head) { return head.name == name; });
  return found == heads_.end() ? nullptr : &*found;
}

void RemoteAccess::Download(const std::vector<std::string>& patterns) {
  const std::string what = "fetch from " + ForMessage(request_.url);
  percent_ = -1;
  std::vector<std::string> texts;
  std::vector<char*> pointers;
  for (const std::string& pattern : patterns) {
    texts.push_back("+" + pattern + ":" + pattern);
  }
  for (std::string& text : texts) {
    pointers.push_back(text.data());
  }
  const git_strarray refspecs{pointers.data(), pointers.size()};
  git_fetch_options options;
  Check(git_fetch_options_init(&options, GIT_FETCH_OPTIONS_VERSION), what);
  options.callbacks = Callbacks();
  options.download_tags = GIT_REMOTE_DOWNLOAD_TAGS_NONE;
  options.update_fetchhead = 0;
  options.follow_redirects =
      request_.credential.empty() ? GIT_REMOTE_REDIRECT_INITIAL : GIT_REMOTE_REDIRECT_NONE;
  Check(git_remote_download(remote_.get(), &refspecs, &options), what);
  git_remote_disconnect(remote_.get());
}

}  // namespace runtime::git
