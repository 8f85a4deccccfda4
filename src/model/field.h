#pragma once

#include <string_view>
#include <vector>

/// What there is to say of a key of the file.

namespace kiln {

/// What a text has to look like; config/format.cc says it in words and brings it into its normal form.
enum class Format {
  text,             ///< printable
  label,            ///< RFC 1123, lower case: clusters and nodes
  network_name,     ///< of a switch or port in the file: printable, no white space, no `/`
  northbound_name,  ///< a name in OVN_Northbound: printable, no white space
  workload_name,    ///< network namespace, and the end of a link's name
  link_name,        ///< network interface of Linux
  bridge_name,      ///< link_name that is not taken by Open vSwitch
  ip,               ///< address of a host
  interface,        ///< address/prefix length
  port_address,     ///< ovn-nb(5), Logical_Switch_Port.addresses
  host,             ///< host name or address
  jump,             ///< ssh_config(5), ProxyJump
  user,             ///< login name
  path,             ///< on the controller; `~/` is the home directory; else beside the file
  host_key,         ///< as `ssh-keygen -l` prints it
  release,          ///< of OVN: 25.03
  log_level,        ///< "module:destination:level", as ovs-appctl(8) vlog/set takes it
  port_key,         ///< <switch>/<port>
};

/// Of a key in the file.
struct Field {
  std::string_view name{};                  ///< kebab-case
  std::string_view doc{};                   ///< one sentence, with the column or option of OVN behind it
  Format format = Format::text;             ///< of a text, of each text of a list, of the names of a map
  std::vector<std::string_view> choices{};  ///< the texts that are allowed, if not empty
  int minimum = 0;                          ///< of an integer; the least length of a list
  int maximum = 0;
  std::string_view unit{};       ///< of an integer
  std::string_view reference{};  ///< the text names one of these: "nodes", "ports", "workloads"
  std::string_view example{};    ///< a value as it is written in the file
  bool required = false;
  bool may_be_empty = false;  ///< "" is a value: it undoes what [ssh] says
  bool own = false;           ///< no two can share it: it is no key of [defaults]
};

}  // namespace kiln
