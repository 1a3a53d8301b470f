#include "runtime/supervise/requests.h"

#include <cstring>

namespace runtime::supervise {
namespace {

Line AnswerLine(const Service& service, int64_t now) {
  Line line = service.Describe(now);
  return line << "\n";
}

}  // namespace

void Requests::Handle(int64_t now, bool ending) {
  Control::Request request;
  while (control_.fd() >= 0 && control_.Receive(request)) {
    HandleOne(request, now, ending);
  }
}

void Requests::HandleOne(const Control::Request& request, int64_t now, bool ending) {
  const char* space = ::strchr(request.text, ' ');
  const char* end = request.text + ::strlen(request.text);
  const std::string_view verb(request.text,
                              static_cast<size_t>((space != nullptr ? space : end) - request.text));
  const std::string_view name(space != nullptr ? space + 1 : end);
  if (verb == "status" && name.empty()) {
    return Status(request.asker, now);
  }
  Service* service = services_.FindByName(name);
  if (service == nullptr) {
    Line line;
    line << "no service named " << name << "\n";
    return control_.Answer(request.asker, false, line.view());
  }
  if (ending && verb != "status") {
    return control_.Answer(request.asker, false, "the container is being stopped\n");
  }
  if (verb == "start") {
    service->Start(now);
  } else if (verb == "stop" && service->state() != Service::State::kDown) {
    service->Stop(now, grace_);
    Asker& waiting = waiting_[service - services_.begin()];
    control_.Answer(waiting, false, "somebody else asked for the same\n");
    waiting = request.asker;
    return;
  }
  control_.Answer(request.asker, true, AnswerLine(*service, now).view());
}

void Requests::Status(const Asker& asker, int64_t now) {
  Reply reply;
  for (const Service& service : services_) {
    reply << AnswerLine(service, now).view();
  }
  control_.Answer(asker, true, reply.view());
}

void Requests::AnswerStopped(int64_t now) {
  for (Service& service : services_) {
    Asker& waiting = waiting_[&service - services_.begin()];
    if (waiting.length > 0 && service.state() == Service::State::kDown) {
      control_.Answer(waiting, true, AnswerLine(service, now).view());
      waiting.length = 0;
    }
  }
}

}  // namespace runtime::supervise
