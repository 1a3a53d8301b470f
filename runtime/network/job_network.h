// JobNetwork: the network that the containers of one job share, and nobody else.
//
//   container   container          each in a network namespace of its own
//     eth0        eth0
//      |           |
//   ---+--- bridge +---            in a namespace that only descriptors of this process hold
//              |
//           resolver               runner-network: names of members, and nothing else
//
// There is no way out. Nothing has a name on the host: when our process dies, however it dies, the
// containers and the helper die with it, and the namespaces with them.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "runtime/container/container_spec.h"
#include "runtime/network/helper_process.h"
#include "runtime/network/ip_address.h"
#include "runtime/network/links.h"
#include "runtime/network/namespaces.h"

namespace runtime::network {

struct JobNetworkOptions {
  std::filesystem::path helper;  // the program runner-network
  std::string owner;             // whose it is, for `ps` and `runner network ls`: a run's id
};

// Thread-safe.
class JobNetwork {
 public:
  // One container on the network. Its names are gone with the object, which must outlive the
  // container; its device goes with the container.
  class Member {
   public:
    Member(const Member&) = delete;
    Member& operator=(const Member&) = delete;
    ~Member();

    const std::vector<IpAddress>& addresses() const { return addresses_; }
    // Sets what joins the container: its devices, its hosts and its resolver.
    void PutInto(container::ContainerSpec& spec);

   private:
    friend class JobNetwork;
    Member(JobNetwork& network, unsigned number) : network_(network), number_(number) {}

    JobNetwork& network_;
    unsigned number_;
    std::vector<IpAddress> addresses_;
  };

  // Throws Error; kUnsupported when this host's kernel lacks something, with its name.
  explicit JobNetwork(const JobNetworkOptions& options);
  JobNetwork(const JobNetwork&) = delete;
  JobNetwork& operator=(const JobNetwork&) = delete;
  ~JobNetwork();

  // `names`: what the others find it by; each an IsDnsName(). Throws Error.
  std::unique_ptr<Member> Join(const std::vector<std::string>& names);

 private:
  unsigned TakeNumber();
  void MakeBridge();
  void ServeNames();
  // Puts the devices into the network namespace of a container that is being set up.
  void Connect(unsigned number, pid_t process);
  void Leave(unsigned number) noexcept;

  NetworkNamespace namespace_;
  HelperProcess helper_;
  bool v6_ = false;

  std::mutex mutex_;  // guards what follows
  std::unique_ptr<Links> links_;
  std::set<unsigned> numbers_;
  unsigned next_number_;
};

}  // namespace runtime::network
