// ServiceSpec: a container that lives beside a step, or beside all steps of a job.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "pipeline/expression.h"
#include "pipeline/limits.h"

namespace pipeline {

// When a service may be used. Nothing said: when the ports that its image exposes listen.
struct ReadySpec {
  uint16_t port = 0;             // listens
  std::string http;              // GET of this path at `port` answers with 2xx or 3xx
  std::vector<std::string> run;  // this command in it ends with 0
  std::chrono::milliseconds within{std::chrono::seconds(30)};
};

struct ServiceSpec {
  std::string name;  // which it is reached by
  // The engine makes the second of each just before the service starts.
  Template image_source;
  std::string image;
  std::map<std::string, Template> env_source;
  std::map<std::string, std::string> env;
  std::vector<Template> argv_source;
  std::vector<std::string> argv;  // empty: the image's
  std::string user;               // empty: the image's
  Limits limits;
  ReadySpec ready;
};

}  // namespace pipeline
