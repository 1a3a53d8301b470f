// HttpTransport for static programs: Debian has cpp-httplib as a shared library alone, so here
// Boost.Beast reads the grammar of answers. Connections, TLS and their bounds are the same.
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

#include <algorithm>
#include <string>

#include "runtime/base/error.h"
#include "runtime/base/http.h"
#include "runtime/base/http_connection.h"
#include "runtime/base/units.h"

namespace runtime::base {
namespace {

namespace http = boost::beast::http;
using boost::beast::error_code;
using boost::beast::string_view;

constexpr uint32_t kMaxHeader = 64 * 1024;
constexpr size_t kMaxErrorText = 64 * 1024;
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
  void on_header_impl(error_code&) override {
    if (request_.head_sink && response_.status >= 200) {
      request_.head_sink(response_);
    }
  }
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
                                           FormatSize(request_.max_response_bytes));
    }
    const bool success = response_.status >= 200 && response_.status < 300;
    if (success && request_.body_sink) {
      enough_ = enough_ || !request_.body_sink(data);
      return;
    }
    if (!success) {
      enough_ = enough_ || received_ >= kMaxErrorText;
      data = data.substr(0, kMaxErrorText - std::min(kMaxErrorText, response_.body.size()));
    }
    response_.body.append(data);
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
    throw TooLong();
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
      if (error == http::error::header_limit) {
        throw TooLong();
      }
      if (error && error != http::error::need_more) {
        throw Broken(error.message());
      }
      if ((error == http::error::need_more || used == 0 || begin_ == end_) && !parser.is_done() &&
          !parser.has_enough() && !Fill()) {
        if (parser.got_some()) {
          parser.put_eof(error);
        }
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
      throw TooLong();
    }
    buffer_.resize(kReadBuffer);
    const size_t count = connection_.Read(buffer_.data() + end_, kReadBuffer - end_);
    end_ += count;
    return count > 0;
  }

  Error TooLong() const {
    return Error(ErrorKind::kInvalid,
                 "read from " + connection_.peer() + ": the answer's header is too long");
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
    const uint64_t size = request.body_source ? request.body_size : request.body.size();
    head += "Content-Length: " + std::to_string(size) + "\r\n";
  }
  return head + "\r\n";
}

void WriteBody(const HttpRequest& request, HttpConnection& connection) {
  if (!request.body_source) {
    connection.Write(request.body);
    return;
  }
  for (uint64_t offset = 0; offset < request.body_size;) {
    const size_t most = std::min<uint64_t>(kReadBuffer, request.body_size - offset);
    const std::string piece = request.body_source(offset, most);
    if (piece.empty() || piece.size() > most) {
      throw Error(ErrorKind::kInternal, "write to " + connection.peer() + ": no body to send");
    }
    connection.Write(piece);
    offset += piece.size();
  }
}

class StaticTransport : public HttpTransport {
 public:
  HttpResponse Send(const HttpRequest& request) override {
    const Url url = CheckHttpRequest(request);
    HttpConnection connection = connector_.Open(request, url);
    connection.Write(HeadOf(request, url));
    WriteBody(request, connection);
    return AnswerReader(request, connection).Read();
  }

 private:
  HttpConnector connector_;
};

}  // namespace

std::unique_ptr<HttpTransport> MakeStaticHttpTransport() {
  return std::make_unique<StaticTransport>();
}

}  // namespace runtime::base
