// Error: the one exception of this project, thrown when an operation can't continue.
#pragma once

#include <cerrno>
#include <exception>
#include <string>
#include <string_view>

namespace runtime::base {

// What kind of failure it is. Decides the exit code (DESIGN "Errors") and what a caller may retry.
enum class ErrorKind {
  kUsage,        // bad arguments or an invalid file: exit code 2
  kNotFound,     // the named thing doesn't exist
  kExists,       // the name is taken
  kInvalid,      // data from outside that breaks its format or a bound
  kPermission,   // a right is missing, on the host or at a registry
  kUnsupported,  // this host or this version can't do it
  kUnavailable,  // a remote side or a resource failed now and may work later
  kCancelled,    // a stop was requested: exit code 130
  kNoSpace,      // disk, inodes or quota used up
  kInternal,     // everything else: a system call failed, a promise of ours is broken
};

// Carries a kind, the errno where there was one (else 0), and a message that grows context on its
// way up: "pull debian:12: fetch blob sha256:..: connect: Connection refused".
class Error : public std::exception {
 public:
  Error(ErrorKind kind, std::string message, int errno_value = 0)
      : kind_(kind), errno_(errno_value), message_(std::move(message)) {}

  // "what: strerror(number)", with the kind that this number stands for.
  static Error FromErrno(std::string_view what, int number = errno);

  // The same error with "context: " in front.
  Error Within(std::string_view context) const;

  ErrorKind kind() const { return kind_; }
  int errno_value() const { return errno_; }
  const char* what() const noexcept override { return message_.c_str(); }

 private:
  ErrorKind kind_;
  int errno_;
  std::string message_;
};

// Runs `f`; an Error thrown by it gets `context` in front.
template <typename F>
auto WithContext(std::string_view context, F&& f) -> decltype(f()) {
  try {
    return f();
  } catch (const Error& e) {
    throw e.Within(context);
  }
}

}  // namespace runtime::base
