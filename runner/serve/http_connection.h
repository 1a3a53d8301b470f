// One connection of the HttpServer. Brings Boost.Asio and Beast in: for the server's own files
// only.
#pragma once

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <memory>
#include <optional>
#include <string>

#include "runner/serve/http_server.h"

namespace runner::serve {

class HttpConnection;

// What connections share. All of it belongs to the I/O thread.
struct ConnectionContext {
  boost::asio::io_context& io;
  boost::asio::thread_pool& pool;
  HttpHandler& handler;
  const HttpServerOptions& options;
  uint64_t body_bytes_held = 0;
  bool draining = false;  // no further request on any connection
  // Tells that a connection is over; called once.
  std::function<void(const HttpConnection*)> closed;
};

// Reads a request, has it handled, writes the reply, and goes on with the next. Lives as long as an
// operation of it is under way. I/O thread only.
class HttpConnection : public std::enable_shared_from_this<HttpConnection> {
 public:
  using Socket = boost::asio::generic::stream_protocol::socket;

  HttpConnection(ConnectionContext& context, Socket socket, std::string peer);
  ~HttpConnection();

  void Start();
  void Close();

  const std::string& peer() const { return peer_; }
  // Does it wait for the client, so that closing it loses no accepted work?
  bool waits_for_client() const { return phase_ == Phase::kIdle || phase_ == Phase::kReading; }

 private:
  enum class Phase { kIdle, kReading, kHandling, kWriting, kClosed };
  // What follows a reply. kLinger: the request wasn't read to its end.
  enum class After { kNext, kClose, kLinger };
  using Parser = boost::beast::http::request_parser<boost::beast::http::string_body>;
  using Response = boost::beast::http::response<boost::beast::http::string_body>;

  void WaitForRequest();
  void ReadHead();
  void OnHead(size_t size);
  void ReadBody();
  void OnBodyPart(const boost::system::error_code& error);
  void SendContinue();
  void Dispatch();
  void Reply(HttpReply reply, After after);
  // The rest of the reply's file, part by part.
  void SendFile(After after);
  void SendPart(std::string part, After after);
  void AfterReply(After after);
  void Refuse(int status, std::string reason);
  void Linger();
  void SetDeadline(std::chrono::milliseconds after);
  void AccountBody(uint64_t bytes);

  ConnectionContext& context_;
  Socket socket_;
  boost::asio::steady_timer deadline_;
  std::string peer_;
  Phase phase_ = Phase::kIdle;
  boost::beast::flat_buffer buffer_;
  RequestHead head_;
  HttpCall call_;
  std::optional<Parser> parser_;
  std::optional<Response> response_;
  std::shared_ptr<const runtime::base::UniqueFd> file_;  // of the reply
  uint64_t file_sent_ = 0;
  uint64_t file_bytes_ = 0;
  uint64_t accounted_ = 0;  // of this request's body, in context_.body_bytes_held
  std::string discard_;
};

}  // namespace runner::serve
