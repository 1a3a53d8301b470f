#include <cstdio>

#include "runner/cli.h"
#include "runner/stop_signals.h"
#include "runner/transfer_progress.h"
#include "runner/verbs/image_verbs.h"
#include "runtime/base/error.h"
#include "runtime/base/terminal_text.h"
#include "runtime/image/image_store.h"
#include "runtime/registry/client.h"

namespace runner {

namespace registry = runtime::registry;

int ImagePushMain(std::vector<std::string> args) {
  std::string source;
  std::string target;
  registry::ClientOptions options;
  return RunVerb(
      "image push", "Sends an image to a registry and prints where it is, with its digest",
      std::move(args),
      [&](CLI::App& app) {
        app.add_option("IMAGE", source, "Name or digest of an image")->required();
        app.add_option("DESTINATION", target,
                       "[HOST[:PORT]/]PATH[:TAG]; no host: Docker Hub (default: the image's name)");
        app.add_flag("--plain-http", options.plain_http,
                     "No TLS (loopback hosts never use it): anybody on the way can read and change "
                     "everything, the login too");
      },
      [&](const Globals& globals) {
        const std::string& name = target.empty() ? source : target;
        const auto destination = runtime::image::Reference::Parse(name);
        if (!destination || destination->digest) {
          throw runtime::base::Error(runtime::base::ErrorKind::kUsage,
                                     "\"" + runtime::base::ForMessage(name.substr(0, 300)) +
                                         "\" can't be pushed to (form: [HOST[:PORT]/]PATH[:TAG])");
        }
        const runtime::image::ImageStore store{OpenState(globals.root)};
        const runtime::image::Image image = store.Get(source);
        const StopSignals signals;
        const auto transport = runtime::base::MakeHttpTransport();
        const registry::DockerConfig logins(registry::DockerConfig::DefaultFile());
        const registry::Client client(
            *transport, [&](const std::string& host) { return logins.Find(host, signals.token()); },
            options);
        std::string pushed;
        {
          TransferProgress progress(globals);
          pushed = client.Push(
              store, image, *destination, {},
              [&](const registry::Progress& p) { progress.Show(p); }, signals.token());
        }
        std::printf("%s\n", pushed.c_str());
        return kExitPassed;
      });
}

}  // namespace runner
