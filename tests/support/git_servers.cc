#include "tests/support/git_servers.h"

#include <pwd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <stdexcept>

#include "tests/support/git_repository.h"

namespace tests {
namespace {

using runtime::base::UniqueFd;

std::string UserName() { return ::getpwuid(::geteuid())->pw_name; }

void WriteFile(const std::filesystem::path& path, const std::string& content, unsigned mode) {
  runtime::base::WriteFileAtomically(path, content, runtime::base::Durability::kNoFlush, mode);
}

UniqueFd ListenOn(const std::filesystem::path& path) {
  UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.string().copy(address.sun_path, sizeof(address.sun_path) - 1);
  if (::bind(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0 ||
      ::listen(fd.get(), 64) != 0) {
    throw std::runtime_error("can't listen on " + path.string());
  }
  return fd;
}

std::string CgiLocation(const std::string& name, const std::string& repositories,
                        const std::string& root, const std::string& extra) {
  return "location ~ ^/" + name + "(/.*)$ {" + extra +
         "include /etc/nginx/fastcgi_params;"
         "fastcgi_param SCRIPT_FILENAME /usr/lib/git-core/git-http-backend;"
         "fastcgi_param GIT_HTTP_EXPORT_ALL 1;"
         "fastcgi_param GIT_CONFIG_COUNT 1;"
         "fastcgi_param GIT_CONFIG_KEY_0 safe.directory;"
         "fastcgi_param GIT_CONFIG_VALUE_0 *;"
         "fastcgi_param GIT_PROJECT_ROOT " +
         repositories +
         ";"
         "fastcgi_param PATH_INFO $1;"
         "fastcgi_param REMOTE_USER $remote_user;"
         "fastcgi_pass unix:" +
         root + "/cgi.sock;}\n";
}

// What hands a request to tests/support/lfs_server.py.
std::string LfsProgram(const std::string& root, const std::string& base) {
  return "include /etc/nginx/fastcgi_params;"
         "fastcgi_param SCRIPT_FILENAME " +
         std::string(std::getenv("RUNNER_SOURCE")) +
         "/tests/support/lfs_server.py;"
         "fastcgi_param LFS_OBJECTS " +
         root + "/objects; fastcgi_param LFS_BASE " + base +
         ";fastcgi_param LFS_OID $oid;"
         "fastcgi_pass unix:" +
         root + "/cgi.sock;}\n";
}

std::string LfsLocations(const std::string& root, const std::string& base) {
  constexpr char kBatch[] = "/.*/info/lfs/objects/batch$ {set $oid none;";
  return "location ~ ^/open" + std::string(kBatch) + LfsProgram(root, base) +
         "location ~ ^/private" + kBatch + "auth_basic test; auth_basic_user_file " + root +
         "/passwords;" + LfsProgram(root, base) + "location ~ ^/upload/(?<oid>[0-9a-f]+)$ {" +
         LfsProgram(root, base) +
         "location ~ ^/lfs/ { if ($http_x_lfs_ticket != open-sesame) { return 403; }"
         "if ($request_method = PUT) { rewrite ^/lfs/(.*)$ /upload/$1 last; }"
         "rewrite ^/lfs/(.*)$ /$1 break; root " +
         root + "/objects; }\n";
}

}  // namespace

GitHttpServer::GitHttpServer(const std::filesystem::path& repositories)
    : directory_(std::filesystem::temp_directory_path(), "git-http") {
  const std::string root = directory_.path().string();
  const std::string port = std::to_string(port_);
  std::string temporary;
  for (const char* kind : {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"}) {
    temporary += std::string(kind) + "_temp_path " + root + "/" + kind + ";\n";
  }
  SetPassword("secret");
  std::filesystem::create_directory(root + "/objects");
  WriteFile(root + "/nginx.conf",
            "daemon off; worker_processes 1; user " + UserName() + "; pid " + root +
                "/pid; error_log stderr notice;\nevents {}\nhttp {\n" + temporary +
                "log_format all '$host $uri [$http_authorization]';\n"
                "access_log " +
                root + "/access.log all;\nserver { listen 127.0.0.1:" + port +
                "; client_max_body_size 0;\n" +
                LfsLocations(root, "http://127.0.0.1:" + port + "/lfs") +
                CgiLocation("open", repositories.string(), root, "") +
                CgiLocation("private", repositories.string(), root,
                            "auth_basic test; auth_basic_user_file " + root + "/passwords;") +
                "location ~ ^/moved/(.*)$ { return 301 http://127.0.0.1:" + port +
                "/private/$1$is_args$args; }\n"
                "location ~ ^/away/(.*)$ { return 301 http://localhost:" +
                port +
                "/open/$1$is_args$args; }\n"
                "location /error500/ { return 500; }\nlocation /cut/ { return 444; }\n}}\n",
            0644);
  const UniqueFd socket = ListenOn(root + "/cgi.sock");
  cgi_ = std::make_unique<ServerProcess>(std::vector<std::string>{"fcgiwrap", "-c", "2"}, "",
                                         socket.get());
  nginx_ = std::make_unique<ServerProcess>(
      std::vector<std::string>{"nginx", "-p", root, "-c", root + "/nginx.conf", "-e", "stderr"},
      "start worker process ");
}

std::string GitHttpServer::Url(const std::string& path) const {
  return "http://127.0.0.1:" + std::to_string(port_) + "/" + path;
}

void GitHttpServer::SetPassword(const std::string& password) const {
  WriteFile(directory_.path() / "passwords", "ada:{PLAIN}" + password + "\n", 0644);
}

std::string GitHttpServer::Log() const {
  return runtime::base::ReadFile(directory_.path() / "access.log");
}

GitDaemon::GitDaemon(const std::filesystem::path& repositories)
    : daemon_(std::make_unique<ServerProcess>(
          std::vector<std::string>{"/usr/lib/git-core/git-daemon", "--reuseaddr",
                                   "--listen=127.0.0.1", "--port=" + std::to_string(port_),
                                   "--base-path=" + repositories.string(), "--export-all",
                                   "--verbose"},
          "Ready to rumble")) {}

std::string GitDaemon::Url(const std::string& repository) const {
  return "git://127.0.0.1:" + std::to_string(port_) + "/" + repository;
}

GitSshServer::GitSshServer() : directory_(std::filesystem::temp_directory_path(), "git-ssh") {
  const std::string root = directory_.path().string();
  for (const char* key : {"host", "user", "other"}) {
    RunProgram({"ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", root + "/" + key});
  }
  WriteFile(root + "/authorized", runtime::base::ReadFile(root + "/user.pub"), 0600);
  WriteFile(root + "/config",
            "Port " + std::to_string(port_) + "\nListenAddress 127.0.0.1\nHostKey " + root +
                "/host\nAuthorizedKeysFile " + root +
                "/authorized\nStrictModes no\nUsePAM no\nPasswordAuthentication no\n"
                "KbdInteractiveAuthentication no\nPermitRootLogin yes\nPidFile none\n",
            0600);
  // sshd wants /run/sshd, which a host without a running one lacks.
  const std::string script =
      "mount -t tmpfs none /run && mkdir -m 755 /run/sshd && exec /usr/sbin/sshd -D -e -f \"$0\"";
  sshd_ = std::make_unique<ServerProcess>(
      std::vector<std::string>{"unshare", "--mount", "sh", "-c", script, root + "/config"},
      "Server listening on ");
}

std::string GitSshServer::Url(const std::filesystem::path& path) const {
  return "ssh://" + UserName() + "@127.0.0.1:" + std::to_string(port_) + path.string();
}

std::string GitSshServer::user_key() const {
  return runtime::base::ReadFile(directory_.path() / "user");
}

std::string GitSshServer::other_key() const {
  return runtime::base::ReadFile(directory_.path() / "other");
}

std::string GitSshServer::known_hosts() const {
  return "[127.0.0.1]:" + std::to_string(port_) + " " +
         runtime::base::ReadFile(directory_.path() / "host.pub");
}

}  // namespace tests
