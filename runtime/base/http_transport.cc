// HttpTransport over cpp-httplib, which here only writes requests and reads the grammar of answers.
// Debian 12's version bounds nothing: header lines, their number and chunk extensions may grow for
// ever, a long status line overflows the stack of its regular expression, and header values are
// percent-decoded. So it gets its bytes through a stream of ours that holds those bounds, over a
// connection of ours.
#include <httplib.h>

#include <algorithm>

#include "runtime/base/error.h"
#include "runtime/base/http.h"
#include "runtime/base/http_connection.h"
#include "runtime/base/units.h"

namespace runtime::base {
namespace {

constexpr size_t kMaxLine = 8192;
constexpr size_t kMaxStatusLine = 512;
constexpr size_t kMaxHead = 64 * 1024;
constexpr uint64_t kMaxErrorBody = 64 * 1024;
constexpr size_t kBuffer = 64 * 1024;

// What httplib reads and writes. It reads lines byte by byte and bodies in larger pieces.
class BoundedStream : public httplib::Stream {
 public:
  BoundedStream(HttpConnection& connection, std::chrono::milliseconds head_timeout)
      : connection_(connection), head_timeout_(head_timeout), buffer_(kBuffer, '\0') {}

  void EndHead() {
    in_head_ = false;
    connection_.SetHeadDeadline(std::nullopt);
  }
  bool closed() const { return closed_; }

  ssize_t read(char* data, size_t size) override {
    if (size == 1) {
      return ReadOfLine(data);
    }
    if (!Fill()) {
      return 0;
    }
    const size_t n = std::min(size, end_ - begin_);
    std::copy_n(buffer_.data() + begin_, n, data);
    begin_ += n;
    return static_cast<ssize_t>(n);
  }

  ssize_t write(const char* data, size_t size) override {
    connection_.Write({data, size});
    connection_.SetHeadDeadline(std::nullopt);
    head_started_ = false;
    return static_cast<ssize_t>(size);
  }

  bool is_readable() const override { return true; }
  bool is_writable() const override { return true; }
  void get_remote_ip_and_port(std::string&, int&) const override {}
  void get_local_ip_and_port(std::string&, int&) const override {}
  socket_t socket() const override { return connection_.fd(); }

 private:
  bool Fill() {
    if (begin_ == end_) {
      begin_ = 0;
      end_ = connection_.Read(buffer_.data(), buffer_.size());
      closed_ = end_ == 0;
    }
    return begin_ != end_;
  }

  ssize_t ReadOfLine(char* byte) {
    if (in_head_ && !head_started_) {
      head_started_ = true;
      connection_.SetHeadDeadline(std::chrono::steady_clock::now() + head_timeout_);
    }
    if (!escape_.empty()) {
      *byte = escape_.back();
      escape_.pop_back();
      return 1;
    }
    if (!Fill()) {
      return 0;
    }
    *byte = buffer_[begin_++];
    CountLine(*byte);
    // httplib percent-decodes values: "%25" gives it back the "%" that was sent.
    if (in_head_ && *byte == '%') {
      escape_ = "52";
    }
    return 1;
  }

  void CountLine(char byte) {
    line_start_ = line_start_.size() < 5 && line_ < 5 ? line_start_ + byte : line_start_;
    ++line_;
    head_ += in_head_ ? 1 : 0;
    const bool status_line = in_head_ && line_start_ == "HTTP/";
    if (line_ > (status_line ? kMaxStatusLine : kMaxLine) || head_ > kMaxHead) {
      throw Error(ErrorKind::kInvalid,
                  "read from " + connection_.peer() + ": the answer's header is too long");
    }
    if (byte == '\n') {
      line_ = 0;
      line_start_.clear();
    }
  }

  HttpConnection& connection_;
  std::chrono::milliseconds head_timeout_;
  std::string buffer_;
  size_t begin_ = 0;
  size_t end_ = 0;
  bool closed_ = false;
  bool in_head_ = true;
  bool head_started_ = false;
  size_t head_ = 0;
  size_t line_ = 0;
  std::string line_start_;
  std::string escape_;  // in reverse
};

class StreamClient : public httplib::ClientImpl {
 public:
  StreamClient(HttpConnection& connection, BoundedStream& stream)
      : ClientImpl("connection"), connection_(connection), stream_(stream) {
    set_decompress(false);
    set_follow_location(false);
    set_url_encode(false);
  }

 private:
  bool create_and_connect_socket(Socket& socket, httplib::Error&) override {
    socket.sock = Duplicate(connection_.fd()).Release();  // httplib closes it
    return true;
  }
  bool process_socket(const Socket&, std::function<bool(httplib::Stream&)> callback) override {
    return callback(stream_);
  }

  HttpConnection& connection_;
  BoundedStream& stream_;
};

// One request and its answer.
class Exchange {
 public:
  Exchange(const HttpRequest& request, HttpConnection& connection)
      : request_(request), connection_(connection), stream_(connection, request.idle_timeout) {}

  HttpResponse Run(const Url& url) {
    StreamClient client(connection_, stream_);
    try {
      const httplib::Result result = client.send(MakeRequest(url));
      if (result) {
        TakeHead(result.value());
      } else if (!stopped_) {
        throw stream_.closed()
            ? Error(ErrorKind::kUnavailable, "read from " + connection_.peer() +
                                                 ": the connection was closed before the whole"
                                                 " answer came")
            : Error(ErrorKind::kInvalid,
                    "read from " + connection_.peer() + ": the answer isn't HTTP/1.1");
      }
    } catch (const Error& e) {
      if (e.kind() == ErrorKind::kUnavailable) {
        Flush();  // a later request may go on after it
      }
      throw;
    }
    Flush();
    return std::move(response_);
  }

 private:
  httplib::Request MakeRequest(const Url& url) {
    httplib::Request made;
    made.method = request_.method;
    made.path = url.target;
    const bool standard = url.port == (url.scheme == "https" ? 443 : 80);
    const std::string authority = url.HostAndPort();
    made.headers.emplace("Host", standard ? authority.substr(0, authority.rfind(':')) : authority);
    made.headers.emplace("User-Agent", "runner");
    for (const auto& [name, value] : request_.headers) {
      made.headers.emplace(name, value);
    }
    made.body = request_.body;
    if (request_.body_source) {
      made.content_length_ = request_.body_size;
      made.content_provider_ = [this](size_t offset, size_t length, httplib::DataSink& sink) {
        const std::string piece = request_.body_source(offset, std::min(length, 4 * kBuffer));
        return !piece.empty() && piece.size() <= length && sink.write(piece.data(), piece.size());
      };
    }
    made.response_handler = [this](const httplib::Response& head) {
      stream_.EndHead();
      TakeHead(head);
      return true;
    };
    made.content_receiver = [this](const char* data, size_t size, uint64_t, uint64_t) {
      return Take({data, size});
    };
    return made;
  }

  void TakeHead(const httplib::Response& head) {
    if (response_.status == 0) {
      response_.status = head.status;
      response_.headers.assign(head.headers.begin(), head.headers.end());
      if (request_.head_sink) {
        request_.head_sink(response_);
      }
    }
  }

  bool Succeeded() const { return response_.status >= 200 && response_.status < 300; }

  bool Take(std::string_view data) {
    received_ += data.size();
    if (received_ > request_.max_response_bytes) {
      throw Error(ErrorKind::kInvalid, "read from " + connection_.peer() +
                                           ": the answer is larger than " +
                                           FormatSize(request_.max_response_bytes));
    }
    response_.body.append(data);
    if (!Succeeded()) {
      stopped_ = received_ >= kMaxErrorBody;
    } else if (request_.body_sink && response_.body.size() >= kBuffer) {
      Flush();
    }
    return !stopped_;
  }

  // httplib hands out 4 KiB at a time; the sink gets larger pieces.
  void Flush() {
    if (request_.body_sink && Succeeded() && !response_.body.empty() && !stopped_) {
      const std::string piece = std::exchange(response_.body, {});
      stopped_ = !request_.body_sink(piece);
    }
  }

  const HttpRequest& request_;
  HttpConnection& connection_;
  BoundedStream stream_;
  HttpResponse response_;
  uint64_t received_ = 0;
  bool stopped_ = false;
};

class HttplibTransport : public HttpTransport {
 public:
  HttpResponse Send(const HttpRequest& request) override {
    const Url url = CheckHttpRequest(request);
    HttpConnection connection = connector_.Open(request, url);
    return Exchange(request, connection).Run(url);
  }

 private:
  HttpConnector connector_;
};

}  // namespace

std::unique_ptr<HttpTransport> MakeHttpTransport() { return std::make_unique<HttplibTransport>(); }

}  // namespace runtime::base
