#include "runtime/container/device_rules.h"

#include <fcntl.h>
#include <linux/bpf.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

namespace runtime::container {
namespace fs = std::filesystem;
using base::UniqueFd;

namespace {

bool WriteLine(const fs::path& file, const std::string& line) {
  const UniqueFd fd(::open(file.c_str(), O_WRONLY | O_CLOEXEC));
  return fd && ::write(fd.get(), line.data(), line.size()) == static_cast<ssize_t>(line.size());
}

// Refuses everything first.
bool WriteRules(const fs::path& directory) {
  bool good = WriteLine(directory / "devices.deny", "a");
  for (const DeviceNode& node : kAllowedDevices) {
    const std::string minor = node.minor == kAnyMinor ? "*" : std::to_string(node.minor);
    good = good && WriteLine(directory / "devices.allow",
                             "c " + std::to_string(node.major) + ":" + minor + " rw");
  }
  return good;
}

// Complete before it has its name, so that whoever finds the name finds the rules.
void MakeRules(const fs::path& cgroup) {
  fs::path draft = cgroup;
  draft += "-" + std::to_string(::getpid()) + "-" + std::to_string(::gettid());
  if (::mkdir(draft.c_str(), 0755) == 0 &&
      (!WriteRules(draft) || ::rename(draft.c_str(), cgroup.c_str()) != 0)) {
    ::rmdir(draft.c_str());  // Somebody else was faster.
  }
}

bpf_insn Step(unsigned code, unsigned destination, unsigned source, int offset, int value) {
  bpf_insn step = {};
  step.code = static_cast<uint8_t>(code);
  step.dst_reg = destination & 0xF;
  step.src_reg = source & 0xF;
  step.off = static_cast<int16_t>(offset);
  step.imm = value;
  return step;
}

// A function of bpf_cgroup_dev_ctx: 1 for what is allowed, else 0.
std::vector<bpf_insn> MakeProgram() {
  constexpr unsigned kLoadWord = BPF_LDX | BPF_MEM | BPF_W;
  constexpr unsigned kUnlessEqual = BPF_JMP | BPF_JNE | BPF_K;
  std::vector<bpf_insn> program = {
      Step(kLoadWord, BPF_REG_2, BPF_REG_1, offsetof(bpf_cgroup_dev_ctx, access_type), 0),
      Step(kLoadWord, BPF_REG_3, BPF_REG_1, offsetof(bpf_cgroup_dev_ctx, major), 0),
      Step(kLoadWord, BPF_REG_4, BPF_REG_1, offsetof(bpf_cgroup_dev_ctx, minor), 0),
      // Type below, access above: a character device, and not to be made.
      Step(BPF_ALU64 | BPF_MOV | BPF_X, BPF_REG_5, BPF_REG_2, 0, 0),
      Step(BPF_ALU64 | BPF_AND | BPF_K, BPF_REG_5, 0, 0, 0xFFFF | BPF_DEVCG_ACC_MKNOD << 16),
      Step(BPF_JMP | BPF_JEQ | BPF_K, BPF_REG_5, 0, 2, BPF_DEVCG_DEV_CHAR),
      Step(BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_0, 0, 0, 0), Step(BPF_JMP | BPF_EXIT, 0, 0, 0, 0)};
  const auto answer = [&](int value) {
    program.push_back(Step(BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_0, 0, 0, value));
    program.push_back(Step(BPF_JMP | BPF_EXIT, 0, 0, 0, 0));
  };
  for (const DeviceNode& node : kAllowedDevices) {
    const bool any = node.minor == kAnyMinor;
    program.push_back(Step(kUnlessEqual, BPF_REG_3, 0, any ? 2 : 3, static_cast<int>(node.major)));
    if (!any) {
      program.push_back(Step(kUnlessEqual, BPF_REG_4, 0, 2, static_cast<int>(node.minor)));
    }
    answer(1);
  }
  answer(0);
  return program;
}

int Bpf(bpf_cmd command, bpf_attr& attributes) {
  return static_cast<int>(::syscall(SYS_bpf, command, &attributes, sizeof attributes));
}

bool HasRules(int cgroup) {
  bpf_attr query = {};
  query.query.target_fd = static_cast<uint32_t>(cgroup);
  query.query.attach_type = BPF_CGROUP_DEVICE;
  return Bpf(BPF_PROG_QUERY, query) == 0 && query.query.prog_cnt > 0;
}

}  // namespace

UniqueFd OpenDeviceRules(const fs::path& hierarchy) {
  const fs::path cgroup = hierarchy / "runner";
  const fs::path tasks = cgroup / "tasks";
  UniqueFd file(::open(tasks.c_str(), O_WRONLY | O_CLOEXEC));
  if (!file && errno == ENOENT) {
    MakeRules(cgroup);
    file.Reset(::open(tasks.c_str(), O_WRONLY | O_CLOEXEC));
  }
  return file;
}

bool AttachDeviceRules(const fs::path& directory) {
  const UniqueFd cgroup(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!cgroup || HasRules(cgroup.get())) {
    return static_cast<bool>(cgroup);
  }
  const std::vector<bpf_insn> program = MakeProgram();
  bpf_attr load = {};
  load.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE;
  load.insns = reinterpret_cast<uint64_t>(program.data());
  load.insn_cnt = static_cast<uint32_t>(program.size());
  load.license = reinterpret_cast<uint64_t>("Apache-2.0");
  const UniqueFd loaded(Bpf(BPF_PROG_LOAD, load));
  if (!loaded) {
    return false;
  }
  bpf_attr attach = {};
  attach.target_fd = static_cast<uint32_t>(cgroup.get());
  attach.attach_bpf_fd = static_cast<uint32_t>(loaded.get());
  attach.attach_type = BPF_CGROUP_DEVICE;
  attach.attach_flags = BPF_F_ALLOW_MULTI;  // Beside those of whoever else has some.
  return Bpf(BPF_PROG_ATTACH, attach) == 0;
}

}  // namespace runtime::container
