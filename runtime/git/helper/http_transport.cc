#include "runtime/git/helper/http_transport.h"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

#include <mutex>
#include <string>

#include "runtime/base/error.h"
#include "runtime/base/http_connection.h"
#include "runtime/base/units.h"

namespace runtime::git {
namespace {

namespace http = boost::beast::http;
using base::Error;
using base::ErrorKind;
using base::HttpConnection;
using base::HttpRequest;
using base::HttpResponse;
using base::Url;
using boost::beast::error_code;
using boost::beast::string_view;

constexpr uint32_t kMaxHeader = 64 * 1024;
constexpr uint64_t kMaxErrorText = 64 * 1024;
constexpr size_t kReadBuffer = 64 * 1024;
constexpr int kMaxInterim = 5;  // answers of 1xx before the one that counts

// One answer, taken apart while it arrives.
class AnswerParser : public http::basic_parser<false> {
 public:
  AnswerParser(const HttpRequest& request, const std::string& peer)
      : request_(request), peer_(peer) {
    header_limit(kMaxHeader);
    body_limit(UINT64_MAX);  // ours is below
    eager(true);
  }

  HttpResponse TakeResponse() { return std::move(response_); }
  int status() const { return response_.status; }
  // What is still to come of an error's body isn't read.
  bool has_enough() const { return enough_; }

 private:
  void on_request_impl(http::verb, string_view, string_view, int, error_code&) override {}
  void on_response_impl(int code, string_view, int, error_code&) override {
    response_.status = code;
  }
  void on_field_impl(http::field, string_view name, string_view value, error_code&) override {
    response_.headers.emplace_back(std::string(name), std::string(value));
  }
  void on_header_impl(error_code&) override {}
  void on_body_init_impl(const boost::optional<uint64_t>&, error_code&) override {}
  size_t on_body_impl(string_view data, error_code&) override {
    Take({data.data(), data.size()});
    return data.size();
  }
  void on_chunk_header_impl(uint64_t, string_view, error_code&) override {}
  size_t on_chunk_body_impl(uint64_t, string_view data, error_code&) override {
    Take({data.data(), data.size()});
    return data.size();
  }
  void on_finish_impl(error_code&) override {}

  void Take(std::string_view data) {
    received_ += data.size();
    if (received_ > request_.max_response_bytes) {
      throw Error(ErrorKind::kInvalid, "read from " + peer_ + ": the answer is larger than " +
                                           base::FormatSize(request_.max_response_bytes));
    }
    const bool success = response_.status >= 200 && response_.status < 300;
    if (success && request_.body_sink) {
      enough_ = enough_ || !request_.body_sink(data);
      return;
    }
    response_.body.append(data);
    enough_ = enough_ || (!success && received_ >= kMaxErrorText);
  }

  const HttpRequest& request_;
  const std::string& peer_;
  HttpResponse response_;
  uint64_t received_ = 0;
  bool enough_ = false;
};

// The bytes of one connection that were read and not used yet.
class AnswerReader {
 public:
  AnswerReader(const HttpRequest& request, HttpConnection& connection)
      : request_(request), connection_(connection), buffer_(kReadBuffer, '\0') {}

  HttpResponse Read() {
    for (int interim = 0; interim < kMaxInterim; ++interim) {
      connection_.SetHeadDeadline(std::chrono::steady_clock::now() + request_.idle_timeout);
      CompleteStatusLine();
      AnswerParser parser(request_, connection_.peer());
      ReadOne(parser);
      if (parser.status() >= 200) {
        return parser.TakeResponse();
      }
    }
    throw Broken("too many interim answers");
  }

 private:
  void ReadOne(AnswerParser& parser) {
    while (!parser.is_done() && !parser.has_enough()) {
      error_code error;
      const size_t used =
          parser.put(boost::asio::const_buffer(buffer_.data() + begin_, end_ - begin_), error);
      begin_ += used;
      if (parser.is_header_done()) {
        connection_.SetHeadDeadline(std::nullopt);
      }
      if (error && error != http::error::need_more) {
        throw Broken(error.message());
      }
      if ((error == http::error::need_more || used == 0 || begin_ == end_) && !parser.is_done() &&
          !parser.has_enough() && !Fill()) {
        parser.put_eof(error);
        if (error) {
          throw Error(ErrorKind::kUnavailable, "read from " + connection_.peer() +
                                                   ": the connection was closed before the whole "
                                                   "answer came");
        }
      }
    }
  }

  // Servers that have no words for a status leave out the blank before them as well, which
  // RFC 9112, section 4, asks for.
  void CompleteStatusLine() {
    constexpr size_t kBare = std::string_view("HTTP/1.1 200").size();
    size_t line_end = 0;
    while ((line_end = Unused().find("\r\n")) == std::string_view::npos && Fill()) {
    }
    if (line_end == kBare) {
      buffer_.insert(begin_ + kBare, " ");
      ++end_;
    }
  }

  std::string_view Unused() const {
    return std::string_view(buffer_).substr(begin_, end_ - begin_);
  }

  bool Fill() {
    buffer_.erase(0, begin_);
    end_ -= begin_;
    begin_ = 0;
    if (end_ >= kReadBuffer) {
      throw Broken("a line of it is too long");
    }
    buffer_.resize(kReadBuffer);
    const size_t count = connection_.Read(buffer_.data() + end_, kReadBuffer - end_);
    end_ += count;
    return count > 0;
  }

  Error Broken(const std::string& why) const {
    return Error(ErrorKind::kInvalid,
                 "read from " + connection_.peer() + ": the answer isn't HTTP/1.1: " + why);
  }

  const HttpRequest& request_;
  HttpConnection& connection_;
  std::string buffer_;
  size_t begin_ = 0;
  size_t end_ = 0;
};

std::string HeadOf(const HttpRequest& request, const Url& url) {
  const bool standard = url.port == (url.scheme == "https" ? 443 : 80);
  const std::string authority = url.HostAndPort();
  std::string head = request.method + " " + url.target + " HTTP/1.1\r\nHost: " +
                     (standard ? authority.substr(0, authority.rfind(':')) : authority) +
                     "\r\nUser-Agent: runner\r\nConnection: close\r\n";
  for (const auto& [name, value] : request.headers) {
    head += name + ": " + value + "\r\n";
  }
  if (request.method != "GET") {
    head += "Content-Length: " + std::to_string(request.body.size()) + "\r\n";
  }
  return head + "\r\n";
}

class StaticTransport : public base::HttpTransport {
 public:
  HttpResponse Send(const HttpRequest& request) override {
    const Url url = base::CheckHttpRequest(request);
    HttpConnection::Bounds bounds{request.connect_timeout, request.idle_timeout, std::nullopt,
                                  request.stop, request.may_reach};
    if (request.total_timeout.count() > 0) {
      bounds.deadline = std::chrono::steady_clock::now() + request.total_timeout;
    }
    const bool secure = url.scheme == "https";
    HttpConnection connection(url, bounds, secure ? &Tls() : nullptr);
    connection.Write(HeadOf(request, url) + request.body);
    return AnswerReader(request, connection).Read();
  }

 private:
  const base::TlsContext& Tls() {
    std::call_once(tls_made_, [this] { tls_ = std::make_unique<base::TlsContext>(); });
    return *tls_;
  }

  std::once_flag tls_made_;
  std::unique_ptr<base::TlsContext> tls_;
};

}  // namespace

std::unique_ptr<base::HttpTransport> MakeStaticHttpTransport() {
  return std::make_unique<StaticTransport>();
}

}  // namespace runtime::git
