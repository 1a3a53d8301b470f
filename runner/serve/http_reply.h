// From a handler's reply to bytes: headers that every answer carries. Brings Beast in.
#pragma once

#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

#include "runner/serve/http_message.h"

namespace runner::serve {

// Adds the security headers: pages may load our own style sheet and nothing else, may not be
// framed, and tell no other site where a reader came from. A header with a line end in it is left
// out. For HEAD the body is left out and its length told; so is a file, which the caller sends.
boost::beast::http::response<boost::beast::http::string_body> MakeResponse(HttpReply reply,
                                                                           bool head_only,
                                                                           bool keep_alive);

}  // namespace runner::serve
