#include "runner/serve/http_connection.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>
#include <unistd.h>

#include <algorithm>
#include <exception>

#include "runner/serve/http_reply.h"

namespace runner::serve {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;

constexpr std::chrono::milliseconds kLingerDeadline{1'000};
constexpr size_t kDiscardBytes = 16u << 10;
constexpr size_t kReadBytes = 4u << 10;
constexpr size_t kFilePartBytes = 256u << 10;
constexpr std::string_view kHeadEnd = "\r\n\r\n";
constexpr char kContinue[] = "HTTP/1.1 100 Continue\r\n\r\n";

}  // namespace

HttpConnection::HttpConnection(ConnectionContext& context, Socket socket, std::string peer)
    : context_(context),
      socket_(std::move(socket)),
      deadline_(context.io),
      peer_(std::move(peer)),
      buffer_(context.options.head.bytes) {}

HttpConnection::~HttpConnection() { AccountBody(0); }

void HttpConnection::Start() {
  SetDeadline(context_.options.request_deadline);
  ReadHead();
}

void HttpConnection::Close() {
  if (phase_ == Phase::kClosed) {
    return;
  }
  phase_ = Phase::kClosed;
  error_code ignored;
  socket_.close(ignored);
  deadline_.cancel();
  context_.closed(this);
}

void HttpConnection::WaitForRequest() {
  phase_ = Phase::kIdle;
  call_ = {};
  if (context_.draining) {
    return Close();
  }
  if (buffer_.size() > 0) {  // a pipelined request is here already
    SetDeadline(context_.options.request_deadline);
    return ReadHead();
  }
  buffer_.shrink_to_fit();
  SetDeadline(context_.options.idle_deadline);
  socket_.async_wait(Socket::wait_read, [self = shared_from_this()](const error_code& error) {
    if (self->phase_ == Phase::kClosed || error) {
      return self->Close();
    }
    self->SetDeadline(self->context_.options.request_deadline);
    self->ReadHead();
  });
}

void HttpConnection::ReadHead() {
  const std::string_view text(static_cast<const char*>(buffer_.data().data()), buffer_.size());
  const size_t end = text.find(kHeadEnd);
  if (end != std::string_view::npos) {
    phase_ = Phase::kReading;
    return OnHead(end + kHeadEnd.size());
  }
  if (text.size() >= buffer_.max_size()) {
    return Refuse(431, "the headers are too long");
  }
  socket_.async_read_some(buffer_.prepare(std::min(kReadBytes, buffer_.max_size() - text.size())),
                          [self = shared_from_this()](const error_code& error, size_t size) {
                            if (self->phase_ == Phase::kClosed || error) {
                              return self->Close();
                            }
                            self->buffer_.commit(size);
                            self->ReadHead();
                          });
}

void HttpConnection::OnHead(size_t size) {
  const std::string_view text(static_cast<const char*>(buffer_.data().data()), size);
  auto parsed = ParseHead(text, context_.options.head);
  if (const auto* bad = std::get_if<HeadError>(&parsed)) {
    return Refuse(bad->status, bad->reason);
  }
  head_ = std::get<RequestHead>(std::move(parsed));
  call_ = HttpCall{head_.method, head_.target, std::move(head_.headers), {}, peer_};
  if (head_.HasBody() && head_.method != "POST") {
    return Refuse(400, "only POST may have a body here");
  }
  if (head_.content_length.value_or(0) > context_.options.body_bytes) {
    return Refuse(413, "the body is too long");
  }
  if (auto reply = context_.handler.Screen(call_)) {
    buffer_.consume(size);
    return Reply(std::move(*reply),
                 head_.HasBody() || !head_.keep_alive ? After::kLinger : After::kNext);
  }
  parser_.emplace();
  parser_->body_limit(context_.options.body_bytes);
  parser_->header_limit(static_cast<uint32_t>(context_.options.head.bytes));
  error_code error;
  parser_->put(asio::buffer(buffer_.data().data(), size), error);
  if (error) {
    return Refuse(400, "no valid request");
  }
  buffer_.consume(size);
  if (parser_->is_done()) {
    return Dispatch();
  }
  parser_->eager(true);
  head_.expects_continue ? SendContinue() : ReadBody();
}

void HttpConnection::SendContinue() {
  asio::async_write(socket_, asio::buffer(kContinue, sizeof kContinue - 1),
                    [self = shared_from_this()](const error_code& error, size_t) {
                      error ? self->Close() : self->ReadBody();
                    });
}

void HttpConnection::ReadBody() {
  http::async_read_some(socket_, buffer_, *parser_,
                        [self = shared_from_this()](const error_code& error, size_t) {
                          if (self->phase_ != Phase::kClosed) {
                            self->OnBodyPart(error);
                          }
                        });
}

void HttpConnection::OnBodyPart(const error_code& error) {
  if (error == http::error::body_limit) {
    return Refuse(413, "the body is too long");
  }
  if (error.category() == http::make_error_code(http::error::bad_chunk).category() &&
      error != http::error::end_of_stream && error != http::error::partial_message) {
    return Refuse(400, "no valid body");
  }
  if (error) {
    return Close();
  }
  AccountBody(parser_->get().body().capacity());
  if (context_.body_bytes_held > context_.options.all_bodies_bytes) {
    return Refuse(503, "too much is being received, try again");
  }
  parser_->is_done() ? Dispatch() : ReadBody();
}

void HttpConnection::Dispatch() {
  phase_ = Phase::kHandling;
  deadline_.cancel();
  call_.body = std::move(parser_->get().body());
  parser_.reset();
  // The guard keeps the I/O thread alive for the answer, also while the server stops.
  asio::post(context_.pool, [self = shared_from_this(),
                             guard = asio::make_work_guard(context_.io)]() mutable {
    HttpReply reply;
    try {
      reply = self->context_.handler.Handle(self->call_);
    } catch (const std::exception&) {
      reply = HttpReply{500, "text/plain; charset=utf-8", "the server failed\n", {}};
    }
    // The connection goes back with the reply: were its last owner here, its end would be on this
    // thread.
    asio::io_context& io = self->context_.io;
    asio::post(io, [self = std::move(self), reply = std::move(reply)]() mutable {
      self->call_.body = {};
      self->Reply(std::move(reply), self->head_.keep_alive ? After::kNext : After::kClose);
    });
  });
}

void HttpConnection::Refuse(int status, std::string reason) {
  Reply(HttpReply{status, "text/plain; charset=utf-8", std::move(reason) + "\n", {}},
        After::kLinger);
}

void HttpConnection::Reply(HttpReply reply, After after) {
  if (phase_ == Phase::kClosed) {
    return;
  }
  phase_ = Phase::kWriting;
  parser_.reset();
  AccountBody(0);
  if (after == After::kNext && context_.draining) {
    after = After::kClose;
  }
  const bool head_only = call_.method == "HEAD";
  file_ = head_only ? nullptr : std::move(reply.file);
  file_bytes_ = reply.file_bytes;
  file_sent_ = 0;
  response_.emplace(MakeResponse(std::move(reply), head_only, after == After::kNext));
  SetDeadline(context_.options.write_deadline);
  http::async_write(socket_, *response_,
                    [self = shared_from_this(), after](const error_code& error, size_t) {
                      if (self->phase_ == Phase::kClosed || error) {
                        return self->Close();
                      }
                      self->response_.reset();
                      self->file_ ? self->SendFile(after) : self->AfterReply(after);
                    });
}

void HttpConnection::AfterReply(After after) {
  if (after == After::kClose) {
    return Close();
  }
  after == After::kNext ? WaitForRequest() : Linger();
}

// Read in the pool: a slow disk keeps no other connection waiting.
void HttpConnection::SendFile(After after) {
  const uint64_t left = file_bytes_ - file_sent_;
  if (context_.draining && left > 0) {
    return Close();
  }
  if (left == 0) {
    file_.reset();
    return AfterReply(after);
  }
  deadline_.cancel();
  asio::post(context_.pool,
             [self = shared_from_this(), after, left, guard = asio::make_work_guard(context_.io)] {
               std::string part(std::min<uint64_t>(left, kFilePartBytes), '\0');
               const ssize_t size = ::pread(self->file_->get(), part.data(), part.size(),
                                            static_cast<off_t>(self->file_sent_));
               part.resize(static_cast<size_t>(std::max<ssize_t>(size, 0)));
               asio::post(self->context_.io, [self, after, part = std::move(part)]() mutable {
                 self->SendPart(std::move(part), after);
               });
             });
}

void HttpConnection::SendPart(std::string part, After after) {
  if (phase_ == Phase::kClosed || part.empty()) {  // Shorter than it was: the client must notice.
    return Close();
  }
  SetDeadline(context_.options.write_deadline);
  const auto sent = std::make_shared<std::string>(std::move(part));
  asio::async_write(socket_, asio::buffer(*sent),
                    [self = shared_from_this(), sent, after](const error_code& error, size_t) {
                      if (self->phase_ == Phase::kClosed || error) {
                        return self->Close();
                      }
                      self->file_sent_ += sent->size();
                      self->SendFile(after);
                    });
}

// Closing with unread bytes makes the kernel reset the connection, and the reply may be lost on its
// way: what the client still sends is thrown away for a moment.
void HttpConnection::Linger() {
  if (discard_.empty()) {
    error_code ignored;
    socket_.shutdown(Socket::shutdown_send, ignored);
    discard_.resize(kDiscardBytes);
    phase_ = Phase::kReading;
    SetDeadline(kLingerDeadline);
  }
  socket_.async_read_some(asio::buffer(discard_),
                          [self = shared_from_this()](const error_code& error, size_t) {
                            if (self->phase_ == Phase::kClosed || error) {
                              return self->Close();
                            }
                            self->Linger();
                          });
}

void HttpConnection::SetDeadline(std::chrono::milliseconds after) {
  deadline_.expires_after(after);
  deadline_.async_wait([self = shared_from_this()](const error_code& error) {
    if (!error && self->phase_ != Phase::kHandling) {
      self->Close();
    }
  });
}

void HttpConnection::AccountBody(uint64_t bytes) {
  context_.body_bytes_held += bytes;
  context_.body_bytes_held -= accounted_;
  accounted_ = bytes;
}

}  // namespace runner::serve
