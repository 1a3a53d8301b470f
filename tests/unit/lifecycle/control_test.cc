#include "runtime/lifecycle/control.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>
#include <functional>

#include "runtime/base/files.h"
#include "runtime/lifecycle/control_server.h"

namespace runtime::lifecycle {
namespace {

namespace fs = std::filesystem;
using base::Error;
using base::ErrorKind;
using base::UniqueFd;
using testing::HasSubstr;

class ControlTest : public testing::Test {
 protected:
  void Serve() {
    for (int i = 0; i < 4; ++i) {
      loop_.Dispatch();
    }
  }

  base::TemporaryDirectory directory_{fs::temp_directory_path(), "control"};
  EventLoop loop_;
  std::function<void(uint64_t, const Request&)> on_request_ = [](uint64_t, const Request&) {};
  std::vector<uint64_t> gone_;
  ControlServer server_{loop_,
                        [this](uint64_t client, const Request& request, std::vector<UniqueFd>) {
                          on_request_(client, request);
                        },
                        [this](uint64_t client) { gone_.push_back(client); }};
};

TEST_F(ControlTest, AnswersWithDescriptors) {
  on_request_ = [&](uint64_t client, const Request& request) {
    EXPECT_EQ(request.number, 17);
    const base::Pipe pipe = base::MakePipe();
    base::WriteAll(pipe.write.get(), "hello", "the pipe");
    const int fd = pipe.read.get();
    server_.SendDone(client, {&fd, 1});
  };
  server_.Listen(Listen(directory_.path()));
  const std::optional<UniqueFd> connection = Connect(directory_.path());
  ASSERT_TRUE(connection);
  EXPECT_TRUE(Ask(connection->get(), {.order = Order::kSignal, .number = 17}));
  Serve();
  const std::optional<Answered> answered = NextReply(connection->get());
  ASSERT_TRUE(answered);
  ASSERT_EQ(answered->files.size(), 1u);
  EXPECT_EQ(base::ReadAll(answered->files[0].get(), "the pipe"), "hello");
}

TEST_F(ControlTest, WorksInADirectoryWithALongName) {
  const fs::path deep = directory_.path() / std::string(200, 'd');
  fs::create_directory(deep);
  server_.Listen(Listen(deep));
  EXPECT_TRUE(Connect(deep));
}

TEST_F(ControlTest, TellsWhatWasRefusedAndWhy) {
  on_request_ = [](uint64_t, const Request&) { throw Error(ErrorKind::kUsage, "never"); };
  Connection connection = MakeConnection();
  server_.Adopt(std::move(connection.theirs));
  Ask(connection.ours.get(), {});
  Serve();
  const std::optional<Answered> answered = NextReply(connection.ours.get());
  ASSERT_TRUE(answered);
  EXPECT_EQ(answered->reply.answer, Answer::kFailed);
  EXPECT_EQ(answered->reply.kind, ErrorKind::kUsage);
  EXPECT_STREQ(answered->reply.text, "never");
}

TEST_F(ControlTest, RefusesRequestsOfAnotherVersion) {
  on_request_ = [](uint64_t, const Request&) { ADD_FAILURE() << "it was heeded"; };
  Connection connection = MakeConnection();
  server_.Adopt(std::move(connection.theirs));
  Ask(connection.ours.get(), {.version = kControlVersion + 1});
  SendPacket(connection.ours.get(), "odd", {}, true);
  Serve();
  for (int i = 0; i < 2; ++i) {
    const std::optional<Answered> answered = NextReply(connection.ours.get());
    ASSERT_TRUE(answered);
    EXPECT_EQ(answered->reply.answer, Answer::kFailed);
  }
}

TEST_F(ControlTest, NoticesThatAClientHasGone) {
  Connection connection = MakeConnection();
  const uint64_t client = server_.Adopt(std::move(connection.theirs));
  connection.ours.Reset();
  Serve();
  EXPECT_THAT(gone_, testing::ElementsAre(client));
  server_.SendDone(client);  // To nobody.
}

TEST_F(ControlTest, LetsAClientGoThatTakesNothingIn) {
  Connection connection = MakeConnection();
  const uint64_t client = server_.Adopt(std::move(connection.theirs));
  for (int i = 0; i < 10'000 && gone_.empty(); ++i) {
    server_.SendDone(client);
  }
  EXPECT_THAT(gone_, testing::ElementsAre(client));
}

TEST_F(ControlTest, FindsNoMonitorWhereNoneIsOrOneWas) {
  EXPECT_FALSE(Connect(directory_.path()));
  EXPECT_FALSE(Connect(directory_.path() / "none"));
  { const UniqueFd socket = Listen(directory_.path()); }
  EXPECT_FALSE(Connect(directory_.path()));
  const UniqueFd again = Listen(directory_.path());
  EXPECT_TRUE(Connect(directory_.path()));
}

TEST_F(ControlTest, CutsATextThatIsTooLong) {
  Reply reply;
  reply.SetText(std::string(5000, 'x'));
  EXPECT_EQ(std::string(reply.text), std::string(sizeof reply.text - 1, 'x'));
}

}  // namespace
}  // namespace runtime::lifecycle
