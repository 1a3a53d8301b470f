// runner container cp: files between a container and this host.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <filesystem>
#include <optional>
#include <string>

#include "runner/cli.h"
#include "runner/container_files.h"
#include "runner/verbs/container_verbs.h"
#include "runtime/base/files.h"
#include "runtime/base/terminal_text.h"
#include "runtime/layer/tree_archive.h"

namespace runner {
namespace {

namespace base = runtime::base;
namespace container = runtime::container;
namespace layer = runtime::layer;
namespace lifecycle = runtime::lifecycle;
using base::Error;
using base::ErrorKind;
using base::UniqueFd;

// One side of a copy.
struct Side {
  std::string container;  // or empty: this host
  std::string path;
  bool is_stream() const { return container.empty() && path == "-"; }
};

struct CopyOptions {
  Side source;
  Side target;
  bool archive = false;
  bool follow = false;
};

// As docker: a path of this host that has a colon begins with a slash or a dot.
Side ParseSide(const std::string& text) {
  const size_t colon = text.find(':');
  if (text.empty()) {
    throw Error(ErrorKind::kUsage, "container cp: a path is empty");
  }
  if (text == "-" || text.front() == '/' || text.front() == '.' || colon == std::string::npos) {
    return {"", text};
  }
  Side side = {text.substr(0, colon), text.substr(colon + 1)};
  if (side.container.empty() || side.path.empty()) {
    throw Error(ErrorKind::kUsage, "container cp " + base::ForMessage(text) +
                                       ": expected CONTAINER:PATH or a path of this host");
  }
  return side;
}

// Beneath "/", whatever the working directory is.
std::string HostPath(const std::string& path) {
  return path.front() == '/' ? path : (std::filesystem::current_path() / path).string();
}

base::UniqueFd HostRoot() { return base::OpenFile("/", O_PATH | O_DIRECTORY); }

layer::ByteSink Into(int fd) {
  return [fd](std::string_view data) { base::WriteAll(fd, data, "the copy"); };
}

layer::TakeOptions TakeOptionsOf(const CopyOptions& options) {
  layer::TakeOptions take;
  take.extract = options.source.is_stream();
  take.content_only = layer::NamesContent(options.source.path);
  if (!take.extract && !options.archive) {
    take.owner = {0, 0};  // Of the container's root, or whoever runs us.
  }
  return take;
}

// Our side of a copy ends with an error when the other one fails, whose own error says why.
void Conclude(container::InsideProcess& process, const std::optional<Error>& ours) {
  try {
    process.Wait();
  } catch (const Error& theirs) {
    throw ours && theirs.errno_value() == EPIPE ? *ours : theirs;
  }
  if (ours) {
    throw *ours;
  }
}

template <typename F>
std::optional<Error> ErrorOf(F act) {
  try {
    act();
  } catch (const Error& error) {
    return error;
  }
  return std::nullopt;
}

void CopyOut(const CopyOptions& options, const container::Inside& inside) {
  base::Pipe pipe;
  if (!options.target.is_stream()) {
    pipe = base::MakePipe();
  }
  const int out = pipe.write ? pipe.write.get() : STDOUT_FILENO;
  container::InsideProcess process(inside, [&](int root) {
    pipe.read.Reset();
    layer::GiveTree(root, options.source.path, options.follow, Into(out));
  });
  pipe.write.Reset();
  std::optional<Error> ours;
  if (pipe.read) {
    ours = ErrorOf([&] {
      layer::TakeTree(layer::FromDescriptor(pipe.read.get()), HostRoot().get(),
                      HostPath(options.target.path), TakeOptionsOf(options));
    });
    pipe.read.Reset();
  }
  Conclude(process, ours);
}

// All of an archive that comes from another program, in a file that has no name: who writes it may
// wait for the very container that it is for.
UniqueFd TakeArchive(const base::StateDir& state) {
  struct stat st;
  if (::fstat(STDIN_FILENO, &st) == 0 && S_ISREG(st.st_mode)) {
    return base::Duplicate(STDIN_FILENO);
  }
  UniqueFd file;
  {
    const base::TemporaryDirectory directory(state.tmp(), "copy");
    file = base::OpenFile(directory.path() / "archive", O_RDWR | O_CREAT | O_EXCL);
  }
  const layer::ByteSource source = layer::FromDescriptor(STDIN_FILENO);
  const uint64_t most = layer::TakeOptions().max_bytes;
  std::array<char, 1 << 16> buffer;
  uint64_t bytes = 0;
  while (const size_t got = source(buffer.data(), buffer.size())) {
    if (bytes += got; bytes > most) {
      throw Error(ErrorKind::kInvalid,
                  "the archive is over the limit of " + std::to_string(most) + " bytes");
    }
    base::WriteAll(file.get(), {buffer.data(), got}, "the archive to " + state.tmp().string());
  }
  ::lseek(file.get(), 0, SEEK_SET);
  return file;
}

// `archive`: what standard input has, where that isn't to be read itself.
void CopyIn(const CopyOptions& options, const container::Inside& inside, const UniqueFd& archive) {
  base::Pipe pipe;
  if (!options.source.is_stream()) {
    pipe = base::MakePipe();
  }
  const int in = pipe.read ? pipe.read.get() : archive ? archive.get() : STDIN_FILENO;
  container::InsideProcess process(inside, [&](int root) {
    pipe.write.Reset();
    layer::TakeTree(layer::FromDescriptor(in), root, options.target.path, TakeOptionsOf(options));
  });
  pipe.read.Reset();
  std::optional<Error> ours;
  if (pipe.write) {
    ours = ErrorOf([&] {
      layer::GiveTree(HostRoot().get(), HostPath(options.source.path), options.follow,
                      Into(pipe.write.get()));
    });
    pipe.write.Reset();
  }
  // The side that reads complains of a stream that ends early; why it does is ours to say.
  if (ours && ours->errno_value() != EPIPE) {
    throw *ours;
  }
  Conclude(process, ours);
}

int Copy(const CopyOptions& options, const Globals& globals) {
  const bool out = !options.source.container.empty();
  if (out == !options.target.container.empty()) {
    throw Error(ErrorKind::kUsage,
                "container cp: exactly one of source and target is CONTAINER:PATH");
  }
  if (options.target.is_stream() && ::isatty(STDOUT_FILENO) == 1) {
    throw Error(ErrorKind::kUsage, "an archive isn't written to a terminal; redirect it");
  }
  if (options.source.is_stream() && ::isatty(STDIN_FILENO) == 1) {
    throw Error(ErrorKind::kUsage, "an archive isn't read from a terminal; redirect one");
  }
  const std::string& name = out ? options.source.container : options.target.container;
  const lifecycle::Store store{OpenState(globals.root)};
  const std::string id = store.Find(name);
  ::signal(SIGPIPE, SIG_IGN);
  UniqueFd archive;
  WithFiles(
      store, id,
      [&](const container::Inside& inside) {
        base::WithContext("container " + name, [&] {
          out ? CopyOut(options, inside) : CopyIn(options, inside, archive);
        });
      },
      [&] {
        if (options.source.is_stream()) {
          archive = TakeArchive(store.state());
        }
      });
  return kExitPassed;
}

}  // namespace

int ContainerCopyMain(std::vector<std::string> args) {
  CopyOptions options;
  std::string source;
  std::string target;
  return RunVerb(
      "container cp", "Copies files between a container and this host", std::move(args),
      [&](CLI::App& app) {
        app.add_option("SOURCE", source, "CONTAINER:PATH, a path, or - for a tar archive")
            ->required();
        app.add_option("TARGET", target, "The same, the other way round")->required();
        app.add_flag("-a,--archive", options.archive, "Keep owners and set-id bits");
        app.add_flag("-L,--follow-link", options.follow, "Copy what a source that is a link means");
        app.footer(
            "A directory SOURCE is copied into a TARGET that is there, or becomes TARGET; with /. "
            "at its end its content is copied.\n"
            "Examples: runner container cp web:/var/log/. logs\n"
            "          tar -c site | runner container cp - web:/srv");
      },
      [&](const Globals& globals) {
        options.source = ParseSide(source);
        options.target = ParseSide(target);
        return Copy(options, globals);
      });
}

}  // namespace runner
