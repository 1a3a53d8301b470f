// RemoteAccess: how a remote repository is talked to: credential, host keys, redirects, bounds.
#pragma once

#include <git2.h>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/git/helper/handles.h"
#include "runtime/git/protocol.h"

namespace runtime::git {

struct RemoteHead {
  std::string name;
  git_oid id{};
};

using ProgressLine = std::function<void(std::string_view line)>;

// Rules: the credential goes to the host of the URL and nowhere else (a redirect to another host
// fails when there is one); it is offered once; a certificate or host key that doesn't check out
// ends it; a fetch larger than the limits ends it.
class RemoteAccess {
 public:
  // All references are borrowed and outlive this object.
  RemoteAccess(const HelperRequest& request, const ProgressLine& progress);
  RemoteAccess(const RemoteAccess&) = delete;
  RemoteAccess& operator=(const RemoteAccess&) = delete;

  // Connects anew and asks which references there are; HEAD's target is in default_branch().
  void Connect(git_repository* mirror);
  const std::vector<RemoteHead>& heads() const { return heads_; }
  const std::string& default_branch() const { return default_branch_; }
  const RemoteHead* Find(std::string_view name) const;

  // Receives what the references of these patterns lead to and the mirror lacks. Ends the
  // connection. Throws Error.
  void Download(const std::vector<std::string>& patterns);

 private:
  static int OnCredential(git_credential** out, const char* url, const char* user, unsigned allowed,
                          void* payload);
  static int OnCertificate(git_cert* certificate, int valid, const char* host, void* payload);
  static int OnTransfer(const git_indexer_progress* stats, void* payload);
  static int OnSideband(const char* text, int length, void* payload);
  int GiveCredential(git_credential** out, const char* user, unsigned allowed);
  int Refuse(base::ErrorKind kind, std::string message);
  void Check(int code, std::string_view what);
  git_remote_callbacks Callbacks();

  const HelperRequest& request_;
  const ProgressLine& progress_;
  RemotePtr remote_;
  std::vector<RemoteHead> heads_;
  std::string default_branch_;
  std::string host_;
  bool offered_ = false;
  int percent_ = -1;
  bool refused_ = false;
  base::ErrorKind refusal_kind_ = base::ErrorKind::kInternal;
  std::string refusal_;
};

}  // namespace runtime::git
