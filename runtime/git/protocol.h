// What the git container and the host say to each other, one JSON document per line.
//
//   host -> helper   HelperRequest                     on the helper's standard input
//   helper -> host   {"resolved": Resolution}          which commit and tree it is
//   host -> helper   "write", "history" or "changed"   what isn't a layer already, one by one
//   helper -> host   {"written": WrittenTree}          after "write", and after "history"
//   helper -> host   {"changed": [path...], "more": M} after "changed"; again while M is true
//   host -> helper   "done"                            nothing more; not after "changed"
//   helper -> host   {"objects": LfsAnswer}            in place of all that: the request has `lfs`
//   helper -> host   {"error": {kind, message}}        in place of any answer; exit code 1
//
// Progress goes to the helper's standard error, one line each. A credential travels in the request
// only: it is never in a file, an argument or the environment.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/error.h"

namespace runtime::git {

struct Credential {
  std::string username;     // http: "x-access-token" and the like; ssh: the URL's user wins
  std::string password;     // http: password or token; ssh: the key's passphrase
  std::string ssh_key;      // a private key in OpenSSH or PEM form
  std::string known_hosts;  // ssh: lines as in sshd(8) "SSH_KNOWN_HOSTS FILE FORMAT"
  bool accept_unknown_hosts = false;  // ssh: without known_hosts any host key is trusted
  bool empty() const { return password.empty() && ssh_key.empty(); }
};

// Bounds on what a repository may make us take. A breach is an Error of kind kInvalid.
struct CheckoutLimits {
  uint64_t pack_bytes = 8ull << 30;    // received in one fetch
  uint64_t objects = 20'000'000;       // in one fetch
  uint64_t file_bytes = 2ull << 30;    // of one file
  uint64_t total_bytes = 16ull << 30;  // of the checkout
  uint64_t entries = 2'000'000;        // files, links and directories of the checkout
  uint32_t depth = 128;                // directories inside each other
};

// A tree that the checkout may be written upon, and how much may be different from it.
struct CheckoutBase {
  std::string tree;  // hex
  uint64_t max_entries = 0;
  uint64_t max_bytes = 0;  // of files
};

// What stands behind a pointer of Git LFS (lfs_pointer.h).
struct LfsObject {
  std::string oid;
  uint64_t size = 0;
  std::string file;  // one that has the pointer, safe to show
};

// In place of a checkout: objects of Git LFS are brought to the output directory, each a file named
// by its oid.
struct LfsOrder {
  std::vector<LfsObject> objects;  // kMaxLfsOrder at most
  std::string server;              // lfs_server.h; empty: those that a local repository has
  bool own_server = false;         // it is given the credential
};
inline constexpr size_t kMaxLfsOrder = 1000;

// Beside a checkout: a `.git` directory of the commit and of those before it (history.h).
struct HistoryOrder {
  uint32_t depth = 0;  // commits, one after another; 0: all
  bool detached = false;
  std::string branch = {};  // short name of what HEAD is on otherwise; empty: the resolution's
  std::string tree = {};    // of the checkout, hex; empty: the resolution's
  bool filtered = false;    // files of the checkout are others than that tree's
  // Nobody knows yet whether it will be asked for: there is none where it fails or takes long.
  bool ahead = false;
};

struct HelperRequest {
  // Either a remote repository, by a URL that url_policy.h accepts ...
  std::string url;
  Credential credential;
  // ... or a local one, read in place: paths as the helper sees them.
  std::string git_dir;
  std::string work_tree;  // empty for a bare repository

  std::string ref;            // full name; empty: HEAD
  std::string commit;         // object id, or (local) any revision, or (remote) a branch or tag
  bool working_tree = false;  // local: the files as they are now, without the ignored ones
  bool submodules = false;    // the resolution names them
  // For "changed", one of both: the commit that changes are counted from, or a full reference name:
  // they are counted from where the commit left that.
  std::string since;
  std::string base_ref;
  std::string certificates;  // https: the file of CA certificates, as the helper sees it
  CheckoutLimits limits;
  std::vector<CheckoutBase> bases = {};  // the first that will do is taken
  std::optional<LfsOrder> lfs = {};
  std::optional<HistoryOrder> history = {};
};

// Of a local repository; a server that hasn't all of them is an error.
struct LfsAnswer {
  std::vector<std::string> missing;  // oids
  // What its own configuration says of where they may be had, empty for nothing: the address of
  // the remote `origin`, and a server of Git LFS.
  std::string origin;
  std::string server;
};

struct Submodule {
  std::string path;    // in the tree
  std::string commit;  // hex
  std::string url;     // as .gitmodules has it, a stranger's word; empty when it names none
};

struct Resolution {
  std::string commit;                      // hex; empty in a repository without commits
  std::string tree;                        // hex
  int64_t commit_time = 0;                 // seconds since 1970
  std::string branch;                      // short name; empty when it is none
  std::string title;                       // first line of the message, valid UTF-8
  std::string author;                      // name, valid UTF-8
  std::vector<Submodule> submodules = {};  // when they were asked for
  // Its id, 64 hex digits, when it was asked for and there is a commit.
  std::string history = {};
};

struct CheckoutSize {
  uint64_t files = 0;
  uint64_t bytes = 0;
  uint64_t entries = 0;  // directories and deletions too
};

struct WrittenTree {
  CheckoutSize size;      // of what was written
  std::string base = {};  // the tree of the request's bases that it goes on top of; empty: none
  bool left_out = false;  // a history that was ordered ahead, and can't be had
};

// Paths in the repository, with U+FFFD for what is no UTF-8; nothing: not known.
using ChangedPathList = std::optional<std::vector<std::string>>;
struct ChangedPart {
  ChangedPathList paths;
  bool more = false;
};

// Each gives one line without its newline.
std::string EncodeRequest(const HelperRequest& request);
std::string EncodeResolution(const Resolution& resolution);
std::string EncodeWritten(const WrittenTree& written);
std::vector<std::string> EncodeChanged(const ChangedPathList& paths);  // at least one line
std::string EncodeObjects(const LfsAnswer& answer);
std::string EncodeError(const base::Error& error);

// Throw Error (kInvalid) for anything else than what was announced above. All but the first throw
// the helper's own error when the line is one.
HelperRequest DecodeRequest(std::string_view line);
Resolution DecodeResolution(std::string_view line);
WrittenTree DecodeWritten(std::string_view line);
ChangedPart DecodeChanged(std::string_view line);
LfsAnswer DecodeObjects(std::string_view line);

inline constexpr std::string_view kAnswerWrite = "write";
inline constexpr std::string_view kAnswerHistory = "history";
inline constexpr std::string_view kAnswerChanged = "changed";
inline constexpr std::string_view kAnswerDone = "done";
inline constexpr size_t kMaxLine = 1u << 20;

// 40 lower-case hex digits.
bool IsObjectId(std::string_view text);

}  // namespace runtime::git
