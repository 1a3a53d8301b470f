// A transport that answers from a list and keeps what was asked.
#pragma once

#include <deque>
#include <mutex>
#include <vector>

#include "runtime/base/error.h"
#include "runtime/base/http.h"

namespace webhooks {

class FakeTransport : public runtime::base::HttpTransport {
 public:
  // Answers in order; status 0 stands for a refused connection. With none left: 201.
  std::deque<runtime::base::HttpResponse> answers;
  std::vector<runtime::base::HttpRequest> requests;

  runtime::base::HttpResponse Send(const runtime::base::HttpRequest& request) override {
    const std::lock_guard lock(mutex_);
    requests.push_back(request);
    if (answers.empty()) {
      return {.status = 201, .headers = {}, .body = "{}"};
    }
    const runtime::base::HttpResponse answer = answers.front();
    answers.pop_front();
    if (answer.status == 0) {
      throw runtime::base::Error(runtime::base::ErrorKind::kUnavailable, "connect: refused");
    }
    return answer;
  }

 private:
  std::mutex mutex_;
};

}  // namespace webhooks
