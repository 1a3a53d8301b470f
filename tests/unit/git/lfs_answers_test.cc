// Answers of servers of Git LFS, honest and hostile, over loopback; lfs_files_test.cc has what a
// repository may do, tests/integration/git the whole way with git-lfs itself.
#include <gmock/gmock.h>

#include <atomic>
#include <cstdlib>

#include "runtime/base/digest.h"
#include "runtime/git/helper/lfs_fetch.h"
#include "tests/support/scripted_server.h"
#include "tests/unit/git/git_fixture.h"

namespace runtime::git {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using tests::Answer;
using tests::ReceivedRequest;
using tests::ScriptedAnswer;
using tests::ScriptedServer;

const std::string kContent = "content";

LfsObject ObjectWith(const std::string& content, const std::string& file) {
  return {.oid = base::Digest::Of(content).hex(), .size = content.size(), .file = file};
}

// The repository is at that server's /a/b.git; both its parts may be told what to say.
class LfsAnswers : public GitTest {
 protected:
  LfsAnswers() { fs::create_directories(Out()); }
  fs::path Out() const { return Path("out"); }

  ScriptedAnswer Serve(const ReceivedRequest& request) {
    if (request.target.ends_with("/objects/batch")) {
      return batch_ ? batch_(request) : Answer(200, BatchOf(href_.empty() ? "/get" : href_));
    }
    return download_(request);
  }

  std::string ObjectIn(const LfsObject& object, const std::string& href) const {
    const std::string full = href.starts_with('/') ? server_.url(href) : href;
    return "{\"oid\":\"" + object.oid + "\",\"size\":" + std::to_string(object.size) +
           ",\"actions\":{\"download\":{\"href\":\"" + full + "\"" + more_ + "}}}";
  }
  std::string BatchOf(const std::string& href) const {
    return "{\"transfer\":\"basic\",\"objects\":[" + ObjectIn(object_, href) + "]}";
  }

  void Fetch(std::vector<LfsObject> objects = {}) {
    HelperRequest request;
    request.url = server_.url("/a/b.git");
    request.credential = {
        .username = "ada", .password = "secret", .ssh_key = "", .known_hosts = ""};
    LfsOrder& order = request.lfs.emplace();
    order.objects = objects.empty() ? std::vector<LfsObject>{object_} : std::move(objects);
    order.server = lfs_server_.empty() ? server_.url("/a/b.git/info/lfs") : lfs_server_;
    order.own_server = lfs_server_.empty();
    const auto transport = base::MakeStaticHttpTransport();
    const ProgressLine progress = [](std::string_view) {};
    FetchLfsObjects(request, *transport, clock_, Out(), progress);
  }
  std::string ErrorOfFetch() {
    return ErrorOf([&] { Fetch(); });
  }
  std::string ErrorOfDownload(const ScriptedAnswer& answer) {
    download_ = [answer](const ReceivedRequest&) { return answer; };
    return ErrorOfFetch();
  }
  std::vector<std::string> Brought() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(Out())) {
      names.push_back(entry.path().filename());
    }
    return names;
  }
  // Of requests for targets with that part.
  static std::vector<std::string> LoginsOf(const ScriptedServer& server, const std::string& part) {
    std::vector<std::string> logins;
    for (const ReceivedRequest& request : server.requests()) {
      if (request.target.find(part) != std::string::npos) {
        logins.push_back(request.Header("Authorization"));
      }
    }
    return logins;
  }

  const LfsObject object_ = ObjectWith(kContent, "dir/a.bin");
  std::function<ScriptedAnswer(const ReceivedRequest&)> batch_;
  std::function<ScriptedAnswer(const ReceivedRequest&)> download_ = [](const ReceivedRequest&) {
    return Answer(200, kContent);
  };
  struct SetClock : base::Clock {
    MonotonicTime Monotonic() const override {
      return MonotonicTime(std::chrono::seconds(seconds));
    }
    std::atomic<int> seconds = 0;
  } clock_;
  std::string href_;  // of the object; a path is one of this server
  std::string more_;  // members of its action
  std::string secure_host_;
  std::string lfs_server_;  // one that .lfsconfig names
  ScriptedServer server_{[this](const ReceivedRequest& request) { return Serve(request); }};
  const std::string login_ = "Basic YWRhOnNlY3JldA==";
};

TEST_F(LfsAnswers, BringTheObject) {
  Fetch();
  EXPECT_THAT(Brought(), ElementsAre(object_.oid));
  EXPECT_EQ(base::ReadFile(Out() / object_.oid), kContent);
  const ReceivedRequest asked = server_.requests().at(0);
  EXPECT_EQ(asked.method, "POST");
  EXPECT_EQ(asked.target, "/a/b.git/info/lfs/objects/batch");
  EXPECT_EQ(asked.Header("Accept"), "application/vnd.git-lfs+json");
  EXPECT_EQ(asked.Header("Content-Type"), "application/vnd.git-lfs+json");
  EXPECT_THAT(asked.body, HasSubstr("\"operation\":\"download\""));
  EXPECT_THAT(LoginsOf(server_, "/"), ElementsAre(login_, login_)) << "its own origin, both times";
}

TEST_F(LfsAnswers, AreSentTheHeadersOfTheActionInPlaceOfTheCredential) {
  more_ = R"(,"header":{"Authorization":"RemoteAuth x","X-Ticket":"y"})";
  Fetch();
  EXPECT_THAT(LoginsOf(server_, "/get"), ElementsAre("RemoteAuth x"));
  EXPECT_EQ(server_.requests().at(1).Header("X-Ticket"), "y");
}

TEST_F(LfsAnswers, WithAnotherContentAreRefused) {
  EXPECT_THAT(ErrorOfDownload(Answer(200, "CONTENT")),
              HasSubstr("dir/a.bin: another content than its pointer says (sha256 "));
  EXPECT_THAT(Brought(), ElementsAre());
}

TEST_F(LfsAnswers, ThatAreTooLongAreRefused) {
  EXPECT_THAT(ErrorOfDownload(Answer(200, kContent + "!")),
              HasSubstr("dir/a.bin: more than the 7 bytes that its pointer says"));
  EXPECT_THAT(Brought(), ElementsAre());
}

TEST_F(LfsAnswers, ThatAreTooShortAreRefused) {
  EXPECT_THAT(ErrorOfDownload(Answer(200, "cont")),
              HasSubstr("dir/a.bin: 4 bytes in place of the 7 that its pointer says"));
  EXPECT_THAT(Brought(), ElementsAre());
}

TEST_F(LfsAnswers, WithoutAnEndAreCutAtTheSizeOfTheObject) {
  EXPECT_THAT(ErrorOfDownload({"HTTP/1.1 200 OK\r\n\r\n", std::string(1000, 'x'), false, false}),
              HasSubstr("dir/a.bin: more than the 7 bytes"));
  batch_ = [](const ReceivedRequest&) {
    return ScriptedAnswer{"HTTP/1.1 200 OK\r\n\r\n", std::string(1000, 'x'), false, false};
  };
  EXPECT_THAT(ErrorOfFetch(), HasSubstr("larger than 4.0 MiB"));
}

TEST_F(LfsAnswers, ThatAreCutAreAskedForAgain) {
  int asked = 0;
  download_ = [&](const ReceivedRequest&) {
    return ++asked < 3
               ? ScriptedAnswer{"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\ncon", "", false, false}
               : Answer(200, kContent);
  };
  Fetch();
  EXPECT_EQ(asked, 3);
  asked = -100;
  EXPECT_THAT(ErrorOfFetch(), HasSubstr("dir/a.bin: read from"));
}

class LfsAnswersElsewhere : public LfsAnswers {
 protected:
  // Another port is another origin.
  std::string Elsewhere(const std::string& target) const { return other_.url(target); }

  std::function<ScriptedAnswer(const ReceivedRequest&)> other_download_ =
      [](const ReceivedRequest&) { return Answer(200, kContent); };
  ScriptedServer other_{[this](const ReceivedRequest& request) {
    return request.target.ends_with("/objects/batch") ? Answer(200, BatchOf(Elsewhere("/get")))
                                                      : other_download_(request);
  }};
};

TEST_F(LfsAnswersElsewhere, AreNotSentTheCredential) {
  href_ = Elsewhere("/get");
  more_ = R"(,"header":{"X-Ticket":"y"})";
  Fetch();
  EXPECT_THAT(LoginsOf(other_, "/get"), ElementsAre(""));
  EXPECT_EQ(other_.requests().at(0).Header("X-Ticket"), "y");
}

TEST_F(LfsAnswersElsewhere, AreNotSentTheCredentialByARedirect) {
  download_ = [&](const ReceivedRequest&) {
    return Answer(302, "moved", "Location: " + Elsewhere("/get") + "\r\n");
  };
  more_ = R"(,"header":{"X-Ticket":"y"})";
  Fetch();
  EXPECT_THAT(LoginsOf(server_, "/get"), ElementsAre(login_));
  EXPECT_THAT(LoginsOf(other_, "/get"), ElementsAre(""));
  EXPECT_EQ(other_.requests().at(0).Header("X-Ticket"), "") << "that was for the first address";
}

TEST_F(LfsAnswersElsewhere, ThatLeadBackAreNotSentTheCredentialEither) {
  href_ = Elsewhere("/get");
  other_download_ = [&](const ReceivedRequest&) {
    return Answer(307, "", "Location: " + server_.url("/back") + "\r\n");
  };
  Fetch();
  EXPECT_THAT(LoginsOf(server_, "/back"), ElementsAre(""));
}

TEST_F(LfsAnswersElsewhere, AreNotSentTheCredentialByARedirectOfTheQuestion) {
  batch_ = [&](const ReceivedRequest&) {
    return Answer(307, "", "Location: " + Elsewhere("/objects/batch") + "\r\n");
  };
  Fetch();
  EXPECT_THAT(LoginsOf(other_, "/objects/batch"), ElementsAre(""));
  EXPECT_EQ(other_.requests().at(0).method, "POST");
}

TEST_F(LfsAnswersElsewhere, ThatTheRepositoryNamesAreNotSentTheCredential) {
  lfs_server_ = Elsewhere("/lfs");
  Fetch();
  EXPECT_THAT(LoginsOf(other_, "/"), ElementsAre("", ""));
  lfs_server_ = server_.url("/other");
  href_ = server_.url("/get");
  Fetch();
  EXPECT_THAT(LoginsOf(server_, "/"), ElementsAre("", "")) << "it isn't marked as its own";
}

TEST_F(LfsAnswers, ThatLeadToAForbiddenPlaceAreNotFollowed) {
  const std::string port = ":" + std::to_string(server_.port());
  for (const std::string& href :
       {std::string("http://169.254.169.254/latest/meta-data"), std::string("http://10.0.0.1/x"),
        std::string("http://[fd00:ec2::254]/x"), "http://0.0.0.0" + port + "/x",
        "http://[::ffff:127.0.0.1]" + port + "/x"}) {
    href_ = href;
    EXPECT_THAT(ErrorOfFetch(), HasSubstr("dir/a.bin: connect to")) << href;
    EXPECT_THAT(ErrorOfFetch(), HasSubstr("may not be reached from here")) << href;
  }
  EXPECT_EQ(server_.Count("GET", "/"), 0);
}

TEST_F(LfsAnswers, ThatLeadToNoWebAddressAreRefused) {
  for (const char* href :
       {"file:///etc/passwd", "ftp://example.com/x", "ssh://example.com/x", "object", "",
        "http://ada:secret@example.com/", "http://example.com/a b", "gopher://127.0.0.1:25/_x"}) {
    batch_ = [&](const ReceivedRequest&) {
      std::string text = BatchOf("/get");
      text.replace(text.find(server_.url("/get")), server_.url("/get").size(), href);
      return Answer(200, text);
    };
    EXPECT_THAT(ErrorOfFetch(), HasSubstr("dir/a.bin: it leads to")) << href;
  }
}

TEST_F(LfsAnswers, ThatRedirectToAForbiddenPlaceAreNotFollowed) {
  for (const char* location : {"http://169.254.169.254/", "file:///etc/passwd", "relative", ""}) {
    download_ = [&](const ReceivedRequest&) {
      return Answer(302, "", "Location: " + std::string(location) + "\r\n");
    };
    EXPECT_THAT(ErrorOfFetch(), testing::AnyOf(HasSubstr("may not be reached from here"),
                                               HasSubstr("which isn't followed")))
        << location;
  }
}

TEST_F(LfsAnswers, ThatRedirectInACircleAreLeft) {
  download_ = [&](const ReceivedRequest&) {
    return Answer(302, "", "Location: " + server_.url("/get") + "\r\n");
  };
  EXPECT_THAT(ErrorOfFetch(), HasSubstr("dir/a.bin: more than 5 redirects"));
  EXPECT_EQ(server_.Count("GET", "/get"), 6);
}

TEST_F(LfsAnswers, MayNotFrameTheRequest) {
  more_ = R"(,"header":{"Transfer-Encoding":"chunked","Host":"evil.example","content-length":"9"})";
  Fetch();
  const ReceivedRequest seen = server_.requests().at(1);
  EXPECT_EQ(seen.Header("Transfer-Encoding"), "");
  EXPECT_EQ(seen.Header("Content-Length"), "");
  EXPECT_EQ(seen.Header("Host"), server_.host());
  more_ = R"(,"header":{"A":"b\r\nC: d"})";
  EXPECT_THAT(ErrorOfFetch(), HasSubstr("characters that HTTP doesn't allow"));
}

TEST_F(LfsAnswers, SayWhyOneObjectCannotBeHad) {
  batch_ = [&](const ReceivedRequest&) {
    return Answer(200, R"({"objects":[{"oid":")" + object_.oid +
                           R"(","size":7,"error":{"code":410,"message":"gone\u001b[2J"}}]})");
  };
  EXPECT_THAT(ErrorOfFetch(), HasSubstr("dir/a.bin: the server has removed it (410): gone^[[2J"));
}

class LfsStatus : public LfsAnswers,
                  public testing::WithParamInterface<std::pair<int, const char*>> {};

TEST_P(LfsStatus, IsToldWithTheFileAndTheReason) {
  const auto& [status, reason] = GetParam();
  batch_ = [&, status = status](const ReceivedRequest&) {
    return Answer(status, R"({"message":"as it says"})");
  };
  const std::string error = ErrorOfFetch();
  EXPECT_THAT(error, HasSubstr("dir/a.bin: ask http://"));
  EXPECT_THAT(error,
              HasSubstr(std::string(reason) + " (" + std::to_string(status) + "): as it says"));
  batch_ = nullptr;
  EXPECT_THAT(ErrorOfDownload(Answer(status)),
              HasSubstr("dir/a.bin: " + std::string(reason) + " (" + std::to_string(status) + ")"));
}

INSTANTIATE_TEST_SUITE_P(
    All, LfsStatus,
    testing::Values(std::pair{401, "it asks for another login than the credential that is given"},
                    std::pair{403, "it may not be read with this login"},
                    std::pair{404, "the server hasn't got it"},
                    std::pair{410, "the server has removed it"},
                    std::pair{413, "the request is too large for the server"},
                    std::pair{422, "the server finds the request invalid"},
                    std::pair{429, "the server had too many requests; run again later"},
                    std::pair{503, "the server can't give it"}));

TEST_F(LfsAnswers, ThatAreNoneOfGitLfsAreRefused) {
  for (const std::string& body :
       {std::string("<html>"), std::string("{}"), std::string("[]"), std::string("null"),
        std::string(R"({"objects":[]})"), std::string(R"({"objects":[{"oid":5}]})"),
        R"({"objects":[{"oid":")" + object_.oid + R"("}]})",
        R"({"objects":[{"oid":")" + object_.oid + R"(","actions":{"download":{"href":5}}}]})",
        std::string(R"({"transfer":"ssh","objects":[]})"),
        std::string(R"({"hash_algo":"sha512","objects":[]})")}) {
    batch_ = [&](const ReceivedRequest&) { return Answer(200, body); };
    EXPECT_NE(ErrorOfFetch(), "") << body;
    EXPECT_EQ(server_.Count("GET", "/"), 0) << body;
  }
}

TEST_F(LfsAnswers, AreAskedForAgainWhenTheirTimeIsOver) {
  // More objects than are fetched at once; all of the first outlive what the address does.
  std::vector<LfsObject> objects;
  for (int i = 0; i < 12; ++i) {
    objects.push_back(ObjectWith("object " + std::to_string(i), "file " + std::to_string(i)));
  }
  int batches = 0;
  batch_ = [&](const ReceivedRequest& request) {
    more_ = ++batches == 1 ? R"(,"expires_in":60)" : "";
    std::string list;
    for (size_t i = 0; i < objects.size(); ++i) {
      if (request.body.find(objects[i].oid) != std::string::npos) {
        list += (list.empty() ? "" : ",") + ObjectIn(objects[i], "/" + std::to_string(i));
      }
    }
    return Answer(200, "{\"objects\":[" + list + "]}");
  };
  download_ = [&](const ReceivedRequest& request) {
    clock_.seconds += 61;
    return Answer(200, "object " + request.target.substr(1));
  };
  Fetch(objects);
  EXPECT_EQ(Brought().size(), objects.size());
  EXPECT_EQ(batches, 2);
}

TEST_F(LfsAnswers, ByHttpsAreCheckedAgainstTheCertificatesThatAreGiven) {
  const tests::TlsIdentity identity("127.0.0.1");
  const tests::TlsIdentity another("127.0.0.1");
  ScriptedServer secure(
      [&](const ReceivedRequest& request) {
        return request.method == "POST" ? Answer(200, BatchOf("https://" + secure_host_ + "/get"))
                                        : Answer(200, kContent);
      },
      &identity);
  secure_host_ = secure.host();
  HelperRequest request;
  request.url = "https://" + secure_host_ + "/a/b.git";
  request.lfs = {.objects = {object_}, .server = request.url + "/info/lfs", .own_server = true};
  const ProgressLine progress = [](std::string_view) {};
  for (const bool trusted : {false, true}) {
    base::WriteFileAtomically(Path("ca.pem"), trusted ? identity.pem() : another.pem());
    request.certificates = Path("ca.pem");
    EXPECT_THAT(ErrorOf([&] { BringLfsObjects(request, Out(), progress); }),
                trusted ? HasSubstr("") : HasSubstr("its certificate doesn't hold"));
    EXPECT_EQ(Brought().size(), trusted ? 1u : 0u);
  }
  ::unsetenv("SSL_CERT_FILE");
}

TEST_F(LfsAnswers, WhoseTimeIsOverByTheirDateAreTakenAtTheirWord) {
  more_ = R"(,"expires_at":"2016-11-10T15:29:07Z")";
  Fetch();
  EXPECT_THAT(Brought(), ElementsAre(object_.oid)) << "this host's clock may be wrong";
}

}  // namespace
}  // namespace runtime::git
