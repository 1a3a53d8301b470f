#include "tests/support/scripted_server.h"

#include <arpa/inet.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <signal.h>
#include <strings.h>
#include <sys/socket.h>

#include <algorithm>

#include "runtime/base/error.h"

namespace tests {

using runtime::base::Error;
using runtime::base::UniqueFd;

// One accepted connection, plain or TLS.
struct ScriptedServer::Peer {
  int fd;
  std::unique_ptr<SSL, void (*)(SSL*)> ssl{nullptr, SSL_free};

  bool Start(const TlsIdentity* identity) {
    if (identity == nullptr) {
      return true;
    }
    ssl.reset(SSL_new(identity->context()));
    SSL_set_fd(ssl.get(), fd);
    return SSL_accept(ssl.get()) == 1;
  }
  ssize_t Read(char* data, size_t size) {
    return ssl ? SSL_read(ssl.get(), data, static_cast<int>(size)) : ::recv(fd, data, size, 0);
  }
  bool Write(std::string_view data) {
    while (!data.empty()) {
      const ssize_t n = ssl ? SSL_write(ssl.get(), data.data(), static_cast<int>(data.size()))
                            : ::send(fd, data.data(), data.size(), MSG_NOSIGNAL);
      if (n <= 0) {
        return false;
      }
      data.remove_prefix(static_cast<size_t>(n));
    }
    return true;
  }
  void Close(bool cut) {
    if (ssl && !cut) {
      SSL_shutdown(ssl.get());
    }
    ::shutdown(fd, SHUT_WR);
  }
};

std::string ReceivedRequest::Header(std::string_view name) const {
  size_t begin = head.find("\r\n");
  while (begin < head.size()) {
    begin += 2;
    const size_t end = std::min(head.find("\r\n", begin), head.size());
    const std::string_view line = std::string_view(head).substr(begin, end - begin);
    if (line.size() > name.size() && line[name.size()] == ':' &&
        ::strncasecmp(line.data(), name.data(), name.size()) == 0) {
      const size_t value = line.find_first_not_of(' ', name.size() + 1);
      return value == std::string_view::npos ? "" : std::string(line.substr(value));
    }
    begin = end;
  }
  return "";
}

ScriptedAnswer Answer(int status, std::string_view body, std::string_view headers) {
  return {"HTTP/1.1 " + std::to_string(status) +
              " X\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
              std::string(headers) + "\r\n" + std::string(body),
          "", false, false};
}

ScriptedServer::ScriptedServer(Handler handler, const TlsIdentity* identity)
    : handler_(std::move(handler)), identity_(identity) {
  listener_.Reset(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (::bind(listener_.get(), generic, size) != 0 || ::listen(listener_.get(), 64) != 0 ||
      ::getsockname(listener_.get(), generic, &size) != 0) {
    throw Error::FromErrno("listen on a loopback port");
  }
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { AcceptLoop(); });
}

ScriptedServer::~ScriptedServer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    for (const UniqueFd& socket : sockets_) {
      ::shutdown(socket.get(), SHUT_RDWR);
    }
  }
  ::shutdown(listener_.get(), SHUT_RDWR);
  acceptor_.join();
  for (std::thread& thread : threads_) {
    thread.join();
  }
}

std::string ScriptedServer::url(std::string_view target) const {
  return std::string(identity_ != nullptr ? "https" : "http") + "://" + host() +
         std::string(target);
}

std::vector<ReceivedRequest> ScriptedServer::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

int ScriptedServer::Count(std::string_view method, std::string_view part) const {
  const std::vector<ReceivedRequest> all = requests();
  return static_cast<int>(std::count_if(all.begin(), all.end(), [&](const ReceivedRequest& r) {
    return r.method == method && r.target.find(part) != std::string::npos;
  }));
}

void ScriptedServer::AcceptLoop() {
  for (;;) {
    UniqueFd socket(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    const std::lock_guard lock(mutex_);
    if (stopping_ || !socket) {
      return;
    }
    sockets_.push_back(std::move(socket));
    threads_.emplace_back([this, kept = std::prev(sockets_.end())] {
      // OpenSSL writes with write(2): no SIGPIPE when the client has left.
      sigset_t pipe;
      ::sigemptyset(&pipe);
      ::sigaddset(&pipe, SIGPIPE);
      ::pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
      {
        Peer peer{kept->get()};
        if (peer.Start(identity_)) {
          Serve(peer);
        }
      }
      const std::lock_guard done(mutex_);
      sockets_.erase(kept);
    });
  }
}

void ScriptedServer::Serve(Peer& peer) {
  ReceivedRequest request;
  char buffer[16384];
  std::string data;
  size_t head_end;
  while ((head_end = data.find("\r\n\r\n")) == std::string::npos) {
    const ssize_t n = peer.Read(buffer, sizeof(buffer));
    if (n <= 0) {
      return;
    }
    data.append(buffer, static_cast<size_t>(n));
  }
  request.head = data.substr(0, head_end);
  request.method = request.head.substr(0, request.head.find(' '));
  const size_t target = request.method.size() + 1;
  request.target = request.head.substr(target, request.head.find(' ', target) - target);
  request.body = data.substr(head_end + 4);
  const std::string length = request.Header("Content-Length");
  while (request.body.size() < (length.empty() ? 0 : std::stoul(length))) {
    const ssize_t n = peer.Read(buffer, sizeof(buffer));
    if (n <= 0) {
      break;
    }
    request.body.append(buffer, static_cast<size_t>(n));
  }
  {
    const std::lock_guard lock(mutex_);
    requests_.push_back(request);
  }
  ScriptedAnswer answer;
  {
    const std::lock_guard lock(handler_mutex_);
    answer = handler_(request);
  }
  bool open = peer.Write(answer.bytes);
  while (open && !answer.endless.empty()) {
    open = peer.Write(answer.endless);
  }
  if (!answer.stall) {
    peer.Close(answer.cut);
  }
  while (open && peer.Read(buffer, sizeof(buffer)) > 0) {
  }
}

}  // namespace tests
