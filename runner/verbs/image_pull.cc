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

int ImagePullMain(std::vector<std::string> args) {
  std::string name;
  registry::ClientOptions options;
  return RunVerb(
      "image pull", "Fetches an image from a registry and prints what it is, with its digest",
      std::move(args),
      [&](CLI::App& app) {
        app.add_option("IMAGE", name, "[HOST[:PORT]/]PATH[:TAG][@DIGEST]; no host: Docker Hub")
            ->required();
        app.add_flag("--plain-http", options.plain_http,
                     "No TLS (loopback hosts never use it): anybody on the way can read and change "
                     "everything but the image's content");
      },
      [&](const Globals& globals) {
        const auto reference = runtime::image::Reference::Parse(name);
        if (!reference) {
          throw runtime::base::Error(
              runtime::base::ErrorKind::kUsage,
              "\"" + runtime::base::ForMessage(name.substr(0, 300)) +
                  "\" can't be an image's name (form: [HOST[:PORT]/]PATH[:TAG][@DIGEST])");
        }
        const runtime::image::ImageStore store{OpenState(globals.root)};
        const StopSignals signals;
        const auto transport = runtime::base::MakeHttpTransport();
        const registry::DockerConfig logins(registry::DockerConfig::DefaultFile());
        const registry::Client client(
            *transport, [&](const std::string& host) { return logins.Find(host, signals.token()); },
            options);
        std::string pulled;
        {
          TransferProgress progress(globals);
          const runtime::image::Image image = client.Pull(
              store, *reference, [&](const registry::Progress& p) { progress.Show(p); },
              signals.token());
          pulled = reference->Repository() + "@" + image.manifest.digest.ToString();
        }
        std::printf("%s\n", pulled.c_str());
        return kExitPassed;
      });
}

}  // namespace runner
