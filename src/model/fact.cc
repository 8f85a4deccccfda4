#include "model/fact.h"

#include <algorithm>

namespace kiln {

const LinkSeen* HostSeen::find_link(const std::string& name) const {
  const auto found = std::ranges::find(links, name, &LinkSeen::name);
  return found == links.end() ? nullptr : &*found;
}

const LinkSeen* HostSeen::link_of(const std::string& address) const {
  for (const LinkSeen& link : links)
    for (const std::string& candidate : link.addresses)
      if (candidate.substr(0, candidate.find('/')) == address) return &link;
  return nullptr;
}

std::set<std::string> HostSeen::links_below(const std::string& address) const {
  std::set<std::string> below;
  std::vector<std::string> next;
  if (const LinkSeen* top = link_of(address)) next.push_back(top->name);
  while (!next.empty()) {
    const std::string name = std::move(next.back());
    next.pop_back();
    if (!below.insert(name).second) continue;
    for (const LinkSeen& link : links) {
      if (link.master == name) next.push_back(link.name);
      if (link.name == name && !link.lower.empty()) next.push_back(link.lower);
    }
  }
  return below;
}

const RaftServerSeen* RaftSeen::listed(const RaftSeen& server) const {
  const auto found = std::ranges::find_if(servers, [&](const RaftServerSeen& one) {
    return one.address == server.address && server.server_id.starts_with(one.server_id);
  });
  return found == servers.end() ? nullptr : &*found;
}

std::size_t RaftSeen::heard() const {
  return static_cast<std::size_t>(std::ranges::count_if(servers, [&](const RaftServerSeen& server) {
    return server.self || server.heard_within(election_timer_ms);
  }));
}

RowsSeen::RowsSeen(ovsdb::Table rows) : rows_(std::move(rows)) {
  for (const auto& [uuid, row] : rows_) {
    if (const auto mark = column(row, "external_ids").at(kOwnerKey)) marks_.emplace(*mark, uuid);
    if (const auto name = column(row, "name").as_string()) names_.emplace(*name, uuid);
  }
}

std::vector<Uuid> RowsSeen::owned(const std::string& mark) const {
  std::vector<Uuid> uuids;
  const auto [first, last] = marks_.equal_range(mark);
  for (auto at = first; at != last; ++at) uuids.push_back(at->second);
  return uuids;
}

void Facts::set(Probe probe, Fact fact) {
  facts_.insert_or_assign(std::move(probe), std::move(fact));
}

void Facts::merge(Facts other) {
  for (auto& [probe, fact] : other.facts_) facts_.insert_or_assign(probe, std::move(fact));
}

const Fact& Facts::at(const Probe& probe) const {
  static const Fact kNotLooked = Unknown{"not looked at"};
  const auto found = facts_.find(probe);
  return found == facts_.end() ? kNotLooked : found->second;
}

const Seen* Facts::seen(const HostName& host, const Look& look) const {
  return std::get_if<Seen>(&at({host, look}));
}

bool Facts::absent(const HostName& host, const Look& look) const {
  return std::holds_alternative<Absent>(at({host, look}));
}

std::optional<std::string> Facts::unknown(const HostName& host, const Look& look) const {
  const auto* unknown = std::get_if<Unknown>(&at({host, look}));
  if (!unknown) return std::nullopt;
  return describe(look) + ": " + unknown->why;
}

}  // namespace kiln
