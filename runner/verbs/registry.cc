#include <unistd.h>

#include <array>
#include <cstdio>

#include "runner/ask.h"
#include "runner/cli.h"
#include "runner/dispatch.h"
#include "runner/verbs/verbs.h"
#include "runtime/base/error.h"
#include "runtime/base/files.h"
#include "runtime/registry/client.h"
#include "runtime/registry/endpoint.h"

namespace runner {
namespace {

namespace registry = runtime::registry;
using runtime::base::Error;
using runtime::base::ErrorKind;

constexpr size_t kMaxPassword = 16 * 1024;  // some are whole key files

// All of standard input but the line end that `echo` and editors put there.
std::string PasswordFromInput() {
  std::string text = runtime::base::ReadAll(STDIN_FILENO, "standard input", kMaxPassword);
  for (const char end : {'\n', '\r'}) {
    if (text.ends_with(end)) {
      text.pop_back();
    }
  }
  return text;
}

int LoginMain(std::vector<std::string> args) {
  std::string host = "docker.io";
  registry::Credentials credentials;
  bool from_input = false;
  registry::ClientOptions options;
  return RunVerb(
      "registry login",
      "Checks a login at a registry and keeps it in docker's configuration file, or where that "
      "says",
      std::move(args),
      [&](CLI::App& app) {
        app.add_option("HOST", host, "HOST[:PORT] of the registry (default: Docker Hub)");
        app.add_option("-u,--username", credentials.user, "User name (else it is asked for)");
        app.add_flag("--password-stdin", from_input,
                     "Read the password or token from standard input (else it is asked for)");
        app.add_flag("--plain-http", options.plain_http,
                     "No TLS (loopback hosts never use it): anybody on the way can read the login");
      },
      [&](const Globals& globals) {
        host = registry::EndpointOfHost(host, options.plain_http).host;
        if (from_input && credentials.user.empty()) {
          throw Error(ErrorKind::kUsage, "--password-stdin needs --username USER");
        }
        if (!from_input && ::isatty(STDIN_FILENO) != 1) {
          throw Error(ErrorKind::kUsage,
                      "there is no terminal to ask on: give -u USER --password-stdin");
        }
        if (credentials.user.empty()) {
          credentials.user = Ask("User name at " + host + ": ", Echo::kOn);
        }
        credentials.password = from_input ? PasswordFromInput() : Ask("Password: ", Echo::kOff);
        if (credentials.user.empty() || credentials.password.empty() ||
            credentials.user.find(':') != std::string::npos) {
          throw Error(ErrorKind::kUsage,
                      "a login needs a user name without a colon, and a password");
        }
        const auto transport = runtime::base::MakeHttpTransport();
        registry::Client(*transport, {}, options).CheckLogin(host, credentials);
        const std::filesystem::path file = registry::DockerConfig::DefaultFile();
        registry::DockerConfig(file).Save(host, credentials);
        if (!globals.quiet) {
          std::fprintf(stderr, "Logged in to %s as %s (kept by %s)\n", host.c_str(),
                       credentials.user.c_str(), file.c_str());
        }
        return kExitPassed;
      });
}

int LogoutMain(std::vector<std::string> args) {
  std::string host = "docker.io";
  return RunVerb(
      "registry logout", "Forgets the login at a registry", std::move(args),
      [&](CLI::App& app) {
        app.add_option("HOST", host, "HOST[:PORT] of the registry (default: Docker Hub)");
      },
      [&](const Globals& globals) {
        host = registry::EndpointOfHost(host, false).host;
        const std::filesystem::path file = registry::DockerConfig::DefaultFile();
        if (!registry::DockerConfig(file).Erase(host)) {
          throw Error(ErrorKind::kNotFound,
                      "log out of " + host + ": " + file.string() + " knows no login there");
        }
        if (!globals.quiet) {
          std::fprintf(stderr, "Logged out of %s\n", host.c_str());
        }
        return kExitPassed;
      });
}

constexpr std::array kRegistryVerbs = {
    VerbEntry{"login", LoginMain, "Check a login and keep it"},
    VerbEntry{"logout", LogoutMain, "Forget a login"},
};

}  // namespace

int RegistryMain(std::vector<std::string> args) {
  return Dispatch("runner registry", kRegistryVerbs, std::move(args));
}

}  // namespace runner
