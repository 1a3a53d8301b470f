#include "runtime/container/init_record.h"

#include <gmock/gmock.h>

#include <cstring>

#include "runtime/base/error.h"
#include "runtime/base/files.h"
#include "runtime/container/init/record.h"
#include "runtime/container/seccomp_filter.h"

namespace runtime::container {
namespace {

using testing::HasSubstr;

ContainerSpec Spec() {
  ContainerSpec spec;
  spec.argv = {"sh", "-c", "true"};
  spec.env = {"A=b"};
  spec.capabilities = DefaultCapabilities();
  return spec;
}

std::string Bytes(const ContainerSpec& spec) {
  const base::UniqueFd file = MakeInitRecord(spec);
  ::lseek(file.get(), 0, SEEK_SET);
  return base::ReadAll(file.get(), "record");
}

InitRecord Header(const ContainerSpec& spec) {
  InitRecord header;
  std::memcpy(&header, Bytes(spec).data(), sizeof header);
  return header;
}

std::string Refusal(const ContainerSpec& spec) {
  try {
    MakeInitRecord(spec);
  } catch (const base::Error& e) {
    EXPECT_EQ(e.kind(), base::ErrorKind::kUsage);
    return e.what();
  }
  ADD_FAILURE() << "accepted";
  return "";
}

TEST(InitRecord, HasDockersCapabilities) { EXPECT_EQ(Header(Spec()).capabilities, 0xa80425fbu); }

TEST(InitRecord, TakesCapabilitiesInEverySpelling) {
  ContainerSpec spec = Spec();
  for (const char* name : {"CHOWN", "CAP_CHOWN", "chown", "cap_chown", "Cap_Chown"}) {
    spec.capabilities = {name};
    EXPECT_EQ(Header(spec).capabilities, 1u) << name;
  }
  spec.capabilities = {};
  EXPECT_EQ(Header(spec).capabilities, 0u);
}

TEST(InitRecord, RefusesUnknownCapabilities) {
  ContainerSpec spec = Spec();
  for (const char* name : {"ALL", "NO_SUCH", "", "CAP_", "CHOWN,KILL", "64", "-1"}) {
    spec.capabilities = {name};
    EXPECT_THAT(Refusal(spec), HasSubstr("unknown capability")) << name;
  }
}

TEST(InitRecord, RefusesAMissingCommand) {
  ContainerSpec spec = Spec();
  spec.argv = {};
  EXPECT_THAT(Refusal(spec), HasSubstr("no command to run"));
  spec.argv = {""};
  EXPECT_THAT(Refusal(spec), HasSubstr("no command to run"));
}

TEST(InitRecord, RefusesANulCharacter) {
  const std::string text("a\0b", 3);
  ContainerSpec spec = Spec();
  spec.argv.push_back(text);
  EXPECT_THAT(Refusal(spec), HasSubstr("NUL"));
  spec = Spec();
  spec.env.push_back("A=" + text);
  EXPECT_THAT(Refusal(spec), HasSubstr("NUL"));
  spec = Spec();
  spec.cwd = text;
  EXPECT_THAT(Refusal(spec), HasSubstr("NUL"));
}

TEST(InitRecord, HoldsEverythingInItsOrder) {
  ContainerSpec spec = Spec();
  spec.seccomp = SeccompProfile::kUnconfined;
  spec.user = {1000, 100, {7, 8}};
  spec.cwd = "/work";
  spec.terminal = true;
  spec.stop_signal = 2;
  const InitRecord header = Header(spec);
  EXPECT_EQ(header.uid, 1000u);
  EXPECT_EQ(header.gid, 100u);
  EXPECT_EQ(header.terminal, 1u);
  EXPECT_EQ(header.stop_signal, 2u);
  EXPECT_EQ(header.argument_count, 3u);
  EXPECT_EQ(header.environment_count, 1u);
  const uint32_t groups[] = {7, 8};
  EXPECT_EQ(Bytes(spec).substr(sizeof header),
            std::string(reinterpret_cast<const char*>(groups), sizeof groups) +
                std::string("/work\0sh\0-c\0true\0A=b\0", 21));
}

TEST(InitRecord, HasTheFilterUnlessUnconfined) {
  ContainerSpec spec = Spec();
  EXPECT_EQ(Header(spec).filter_length, DefaultSeccompFilter().size());
  EXPECT_GT(Header(spec).filter_length, 100u);
  spec.seccomp = SeccompProfile::kUnconfined;
  EXPECT_EQ(Header(spec).filter_length, 0u);
}

}  // namespace
}  // namespace runtime::container
