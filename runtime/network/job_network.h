// JobNetwork: the network that the containers of one job share, and nobody else.
//
//   container      container       each in a network namespace of its own
//     eth0           eth0   eth1
//      |              |      |
//   ---+--- bridge ---+      |     in a namespace that only descriptors of this process hold
//              |             |
//           resolver   nft rules   runner-network: names of members, and others by nameservers
//                            |
//                       slirp4netns  to the host's sockets, when a way out was opened
//
// The bridge leads nowhere. A member that may go out has an uplink beside it, which the rules know
// by its device: no address that a container claims gets it more. Nothing has a name on the host:
// when our process dies, however it dies, the containers and the helpers die with it, and the
// namespaces with them.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "runtime/container/container_spec.h"
#include "runtime/network/helper_order.h"
#include "runtime/network/helper_process.h"
#include "runtime/network/ip_address.h"
#include "runtime/network/links.h"
#include "runtime/network/namespaces.h"
#include "runtime/network/published_port.h"
#include "runtime/network/way_out.h"
#include "runtime/network/way_out_rules.h"

namespace runtime::network {

struct JobNetworkOptions {
  std::filesystem::path helper;  // the program runner-network
  std::string owner;             // whose it is, for `ps` and `runner network ls`: a run's id
};

struct WayOutOptions {
  std::vector<IpNetwork> allowed;      // open although they are private or the host's own
  std::vector<IpAddress> nameservers;  // in place of the host's, when there are any; at most three
};

struct JoinOptions {
  // What the others find it by; each an IsDnsName().
  std::vector<std::string> names = {};
  bool way_out = false;  // after OpenWayOut()
  // With a way out: what it reaches of the world, and nothing else.
  std::optional<std::vector<EgressTarget>> egress = {};
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
    // From now on this port of the host's network, which the caller is in, leads to the container.
    // What it is bound to; `rather` where several ports would do. Throws Error.
    PublishedPort Publish(PublishedPort port, uint16_t rather = 0) const;
    // Sets what joins the container: its devices, its resolver, and names of its own before the
    // others in `hosts`. One container after the other may have it.
    void PutInto(container::ContainerSpec& spec) const;

   private:
    friend class JobNetwork;
    Member(JobNetwork& network, unsigned number) : network_(network), number_(number) {}

    JobNetwork& network_;
    unsigned number_;
    std::string uplink_;  // the name of its device in the job's namespace; empty: no way out
    std::vector<IpAddress> addresses_;
  };

  // Throws Error; kUnsupported when this host's kernel lacks something, with its name.
  explicit JobNetwork(const JobNetworkOptions& options);
  JobNetwork(const JobNetwork&) = delete;
  JobNetwork& operator=(const JobNetwork&) = delete;
  ~JobNetwork();

  // Lets members out that ask for it. Does nothing when it was done before. Throws Error;
  // kUnsupported when this host lacks something, with what to install.
  void OpenWayOut(const WayOutOptions& options);

  // Throws Error.
  std::unique_ptr<Member> Join(const JoinOptions& options);

 private:
  unsigned TakeNumber();
  void MakeBridge();
  void ServeNames();
  void ServeAllNames(std::vector<IpAddress> nameservers);
  void Tell(const HelperOrder& order, const std::vector<int>& descriptors = {});
  void TellEgress(unsigned number, const std::vector<EgressTarget>& targets);
  // Puts the devices into the network namespace of a container that is being set up.
  void Connect(const Member& member, pid_t process);
  void AddUplink(const LinkEnd& ours, const std::vector<IpNetwork>& addresses, int their_network);
  void RouteThroughUplink(Links& theirs, const std::vector<IpNetwork>& addresses) const;
  void Leave(unsigned number) noexcept;

  const std::filesystem::path program_;
  const std::string owner_;
  NetworkNamespace namespace_;
  HelperProcess helper_;
  bool v6_ = false;

  std::mutex way_out_mutex_;  // guards way_out_
  std::unique_ptr<WayOut> way_out_;
  bool out_v4_ = false;  // which versions of IP it carries; set before way_out_
  bool out_v6_ = false;

  std::mutex mutex_;  // guards what follows
  std::unique_ptr<Links> links_;
  std::set<unsigned> numbers_;
  unsigned next_number_;

  std::atomic<unsigned> next_uplink_ = 0;
};

}  // namespace runtime::network
