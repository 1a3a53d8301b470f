// What commands and a container's monitor say to each other, over a socket in the container's
// directory: one packet per request or reply (SOCK_SEQPACKET, unix(7)), with descriptors where
// noted. Both sides are the same user; the directory is closed to all others.
//
// Thread-compatible; no call here waits for longer than the other side does.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/error.h"
#include "runtime/base/fd.h"

namespace runtime::lifecycle {

// Of the packets. A monitor of another version is told so, and can still be killed by its pid.
inline constexpr uint32_t kControlVersion = 1;

enum class Order : uint32_t {
  kStart,   // start the container; answered when its program runs, or can't. number: the size of
            // its terminal at first, rows * 65536 + columns, or 0
  kAttach,  // answered with the read ends of standard output and, without a terminal, error
  kInput,   // answered with what is written to in order to be read by the program; a terminal's
            // master side takes the window's size too
  kWait,    // answered with kEnded when the container has ended for good
  kStop,    // number: milliseconds until SIGKILL, -1 for the container's own; then as kWait
  kSignal,  // number: the signal for the program
  kPause,   // number: kPauseWhileConnected, or 0
  kUnpause,
  // Starts a program beside the container's own (container/join.h). number: JoinFlags. Comes with
  // the record, the write end for its reports, and its three standard descriptors or the socket
  // for its terminal. Answered when it is on its way; the reports tell the rest. It ends with the
  // connection unless it is detached.
  kJoin,
  kSignalJoined,  // number: the signal for the program of this connection's kJoin
  kFiles,         // answered with the descriptors of container::Inside
};

// It goes on by itself when whoever asked for the pause goes.
inline constexpr int32_t kPauseWhileConnected = 1;

enum JoinFlags : int32_t { kJoinTerminal = 1, kJoinDetached = 2 };

struct Request {
  uint32_t version = kControlVersion;
  Order order = Order::kWait;
  int32_t number = 0;
  uint32_t uid = 0;  // of kJoin: whose the terminal is
  uint32_t gid = 0;
};

enum class Answer : uint32_t {
  kDone,
  kFailed,  // text: why
  kEnded,   // number: exit code; to who attached or waits
};

struct Reply {
  uint32_t version = kControlVersion;
  Answer answer = Answer::kDone;
  int32_t number = 0;
  base::ErrorKind kind = base::ErrorKind::kInternal;  // of kFailed
  char text[1000] = {};                               // ends with NUL

  void SetText(std::string_view value);  // as much of it as there is room for
};

// The socket of the monitor, in the container's directory; replaces one that a killed one left.
base::UniqueFd Listen(const std::filesystem::path& directory);
// Nothing when no monitor is there. Throws Error.
std::optional<base::UniqueFd> Connect(const std::filesystem::path& directory);
// Both ends of a connection that needs no socket of a directory. Throws Error.
struct Connection {
  base::UniqueFd ours;
  base::UniqueFd theirs;
};
Connection MakeConnection();

// Sends one packet. False when the other side is gone, or (never for a request) takes nothing in.
bool SendPacket(int socket, std::string_view bytes, std::span<const int> files, bool wait) noexcept;

struct Packet {
  std::string bytes;
  std::vector<base::UniqueFd> files;
};
// Nothing at the end of the connection. Throws Error.
std::optional<Packet> ReceivePacket(int socket);

// The client's side.
struct Answered {
  Reply reply;
  std::vector<base::UniqueFd> files;
};
// False when the monitor is gone; what it said before can still be read.
bool Ask(int socket, const Request& request, std::span<const int> files = {});
// The next reply; nothing when the monitor is gone. Throws Error.
std::optional<Answered> NextReply(int socket);
// Asks and waits. Throws Error: what kFailed says; kUnavailable when the monitor is gone.
Answered Call(int socket, const Request& request, std::span<const int> files = {});

}  // namespace runtime::lifecycle
