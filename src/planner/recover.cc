#include "planner/recover.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "base/text.h"
#include "planner/fingerprint.h"
#include "resources/context.h"
#include "resources/works.h"

namespace kiln::planner {
namespace {

const AppctlLook kNorthdClient = resources::northd_status_look();
const AppctlLook kControllerClient = resources::connection_status_look();

std::string unit_of(Database database) {
  return std::string(server_unit(database));
}

std::vector<Look> looks_at_node(Database database) {
  return {DatabaseFileLook{database}, DatabaseLogLook{database},   DatabaseLook{database},
          RaftLook{database},         UnitLook{unit_of(database)}, kNorthdClient,
          kControllerClient};
}

/// What one node holds of the database.
struct Holder {
  const NodeSpec* node = nullptr;
  DatabaseFileSeen file;
  DatabaseLogSeen log;
  bool connected = false;  ///< its server says that a majority is there
  bool answers = false;    ///< its server answers
  bool runs = false;
  const RaftSeen* raft = nullptr;  ///< what its server says, if one runs
};

/// How far a log goes, as RAFT compares logs in an election. One that its server refuses comes last.
bool further(const Holder& left, const Holder& right) {
  const auto rank = [](const Holder& holder) {
    return std::tuple(holder.file.refused.empty(), holder.log.term, holder.log.index);
  };
  return rank(left) > rank(right);
}

class RecoveryPlanning {
 public:
  RecoveryPlanning(const Desired& desired, const Facts& facts, Database database,
                   const std::vector<std::string>& forgotten)
      : desired_(desired),
        facts_(facts),
        database_(database),
        name_(schema_name(database)),
        forgotten_(forgotten) {}

  Recovery run() {
    find_holders();
    if (recovery_.refusals.empty()) decide();
    if (!recovery_.refusals.empty()) recovery_.plan = {};
    recovery_.plan.cluster = desired_.cluster.name;
    recovery_.plan.id = fingerprint(recovery_.plan);
    return std::move(recovery_);
  }

 private:
  void refuse(std::string why) { recovery_.refusals.push_back(std::move(why)); }

  void find_holders() {
    for (const NodeSpec* node : desired_.nodes_in_file_order()) {
      const auto* file = facts_.seen<DatabaseFileSeen>(node->name, DatabaseFileLook{database_});
      if (!file || !file->clustered || file->cluster_id.empty()) continue;
      const auto* log = facts_.seen<DatabaseLogSeen>(node->name, DatabaseLogLook{database_});
      if (!log) {
        refuse(node->name + ": the log of its file cannot be read: " +
               facts_.unknown(node->name, DatabaseLogLook{database_}).value_or("there is none"));
        continue;
      }
      const auto* server = facts_.seen<DatabaseSeen>(node->name, DatabaseLook{database_});
      const auto* unit = facts_.seen<UnitSeen>(node->name, UnitLook{unit_of(database_)});
      holders_.push_back(
          {.node = node,
           .file = *file,
           .log = *log,
           .connected = server && server->connected,
           .answers = server != nullptr,
           .runs = server || (unit && unit->active_state != "inactive" && unit->active_state != "failed"),
           .raft = facts_.seen<RaftSeen>(node->name, RaftLook{database_})});
    }
  }

  /// Files of clusters that a recovery has replaced are only to be put aside; of the others there is one.
  void decide() {
    std::set<std::string> replaced;
    for (const Holder& holder : holders_)
      replaced.insert(holder.log.replaced.begin(), holder.log.replaced.end());
    std::set<std::string> clusters;
    for (const Holder& holder : holders_) {
      if (replaced.contains(holder.file.cluster_id)) {
        if (holder.connected)
          refuse(holder.node->name + ": its cluster " + holder.file.cluster_id +
                 " was replaced by another one, and has a majority again: power its members off, or keep it");
        old_.push_back(&holder);
        continue;
      }
      clusters.insert(holder.file.cluster_id);
      members_.push_back(&holder);
    }
    if (members_.empty()) return refuse_without_survivors();
    if (clusters.size() > 1)
      return refuse("the nodes hold " + std::to_string(clusters.size()) + " different clusters of " + name_ +
                    ": " + join({clusters.begin(), clusters.end()}, ", "));
    std::ranges::stable_sort(members_,
                             [](const Holder* left, const Holder* right) { return further(*left, *right); });
    for (const Holder* holder : members_)
      recovery_.survivors.push_back({holder->node->name, holder->log.term, holder->log.index,
                                     holder->log.committed, holder->file.refused});
    refuse_what_was_heard_wrong();
    const std::size_t possible = count_possible();
    for (const std::string& id : forgotten_)
      if (!used_.contains(id))
        refuse("--forget " + id + ": no member of " + name_ + " that is of no node of the file has this id");
    if (!recovery_.refusals.empty()) return;
    if (possible * 2 > members_.front()->log.members.size()) return finish();
    refuse_while_it_works();
    if (recovery_.refusals.empty()) refuse_who_is_heard();
    recovery_.cluster_id = members_.front()->file.cluster_id;
    plan_surgery(members_);
  }

  /// The file's word for the dead is not enough: a survivor that still finds a majority hears some of them,
  /// though this machine may not reach them.
  void refuse_while_it_works() {
    for (const Holder* holder : members_)
      if (!by_word_.empty() && holder->connected)
        refuse(holder->node->name + " is connected to a majority of " + name_ +
               ", so that those that the file calls dead work, and only this machine does not reach them; if "
               "they "
               "were switched off just now, it notices within two election timers (" +
               std::to_string(2 * desired_.central.election_timer_ms / 1000) + " s)");
  }

  /// A garbled answer must not make a member disappear: what a server says of the members and what its file
  /// says is the same while nothing can be written.
  void refuse_what_was_heard_wrong() {
    for (const Holder* holder : members_) {
      if (!holder->raft || !holder->raft->is_member()) continue;
      std::set<std::string> listed;
      for (const RaftServerSeen& server : holder->raft->servers) listed.insert(server.address);
      if (listed == holder->log.members) continue;
      refuse(holder->node->name + ": its server lists " + join({listed.begin(), listed.end()}, ", ") +
             " as members, and its file " +
             join({holder->log.members.begin(), holder->log.members.end()}, ", ") + ": look again");
    }
  }

  /// ovsdb-server(1), cluster/status: when a server last heard each of the others.
  void refuse_who_is_heard() {
    std::optional<std::int64_t> youngest;
    const std::int64_t limit = 2 * desired_.central.election_timer_ms;
    for (const Holder* holder : members_) {
      const RaftLook look{database_};
      if (!by_word_.empty() && holder->answers && !holder->raft)
        if (const auto why = facts_.unknown(holder->node->name, look)) {
          refuse(holder->node->name + ": its server does not say whom it hears: " + *why);
          recovery_.patience = {};
          return;
        }
      if (!holder->raft) continue;
      for (const RaftServerSeen& server : holder->raft->servers) {
        if (!by_word_.contains(server.address) || !server.heard_within(limit)) continue;
        youngest = std::min(youngest.value_or(*server.last_message_ms), *server.last_message_ms);
        refuse(
            holder->node->name + " heard " + server.address + ' ' + std::to_string(*server.last_message_ms) +
            " ms ago, so that it works; if it was switched off just now, nobody hears it within two election "
            "timers (" +
            std::to_string(limit / 1000) + " s)");
      }
    }
    if (youngest) recovery_.patience = Duration{limit - *youngest + 1};
  }

  void refuse_without_survivors() {
    for (const NodeSpec* node : desired_.nodes_in_file_order())
      if (const auto why = facts_.unknown(node->name, DatabaseFileLook{database_}))
        refuse(node->name + ": " + *why);
    refuse("no node that answers has a file of " + name_ + ": bring one back, or restore a backup");
  }

  const NodeSpec* node_at(const std::map<std::string, NodeSpec>& nodes, const std::string& address) const {
    for (const auto& [name, node] : nodes)
      if (resources::ssl_address(node.address, raft_port(database_)) == address) return &node;
    return nullptr;
  }

  /// Members that work or may come back, of those that the longest log lists; says which are lost.
  std::size_t count_possible() {
    std::size_t possible = 0;
    for (const std::string& address : members_.front()->log.members) {
      const auto survivor = std::ranges::find_if(
          members_, [&](const Holder* holder) { return holder->file.local_address == address; });
      if (survivor != members_.end()) {
        const Holder& holder = **survivor;
        if (holder.file.refused.empty())
          ++possible;
        else if (survivor != members_.begin())
          recovery_.lost.push_back(holder.node->name + " (" + address +
                                   "), whose server refuses its file: " + holder.file.refused);
      } else if (may_come_back(address))
        ++possible;
    }
    return possible;
  }

  /// A member whose file is not seen. Whatever may come back may know of more than those that are here.
  bool may_come_back(const std::string& address) {
    if (const NodeSpec* dead = node_at(desired_.dead, address)) {
      if (const std::string why = resources::why_not_dead(facts_, dead->name); !why.empty()) {
        refuse(why);
        return true;
      }
      by_word_.insert(address);
      recovery_.lost.push_back(dead->name + " (" + address + "), which the file calls dead");
      return false;
    }
    const NodeSpec* node = node_at(desired_.nodes, address);
    if (!node) {
      const auto known = members_.front()->log.ids.find(address);
      const std::string id = known == members_.front()->log.ids.end() ? "" : known->second;
      if (forgets(id)) {
        by_word_.insert(address);
        recovery_.lost.push_back("server " + id + " (" + address + "), which --forget names");
        return false;
      }
      refuse((id.empty() ? address : "server " + id + " (" + address + ')') +
             " is a member and of no node of the file: put its node into the file; if it is of none and will "
             "never come back: --forget " +
             (id.empty() ? "ID" : id));
      return true;
    }
    if (const auto why = facts_.unknown(node->name, DatabaseFileLook{database_})) {
      refuse(node->name + " may come back: " + *why + "; if it never will, say `state = \"dead\"`");
      return true;
    }
    recovery_.lost.push_back(node->name + " (" + address + "), which has no file of it any more");
    return false;
  }

  bool forgets(const std::string& id) {
    const auto found = std::ranges::find_if(
        forgotten_, [&](const std::string& word) { return id.size() >= 4 && word.starts_with(id); });
    if (found == forgotten_.end()) return false;
    used_.insert(*found);
    return true;
  }

  /// There is, or can be, a majority.
  void finish() {
    const Holder& first = *members_.front();
    const bool recovered = !first.log.replaced.empty();
    // A kill may have left the server stopped, or starting: the gate of the step waits for it.
    const bool to_be_started = !(first.runs && first.connected) && first.log.members.size() == 1;
    if (recovered && (!old_.empty() || to_be_started)) return plan_surgery({&first});
    const bool free_places = first.log.members.size() < static_cast<std::size_t>(desired_.central.count);
    const bool some_wait = std::ranges::any_of(desired_.nodes_in_file_order(), [&](const NodeSpec* node) {
      return facts_.absent(node->name, DatabaseFileLook{database_}) &&
             (node->has("central") || (node->auto_services && free_places));
    });
    if (recovered && some_wait) {
      recovery_.apply_only = true;
      return;
    }
    // A server that has just lost the others goes on to say that it is connected for an election timeout.
    const auto connected =
        std::ranges::count_if(members_, [](const Holder* holder) { return holder->connected; });
    if (static_cast<std::size_t>(connected) * 2 > first.log.members.size())
      return refuse(name_ + " has its majority: nothing is lost, and there is nothing to recover");
    std::vector<std::string> names;
    for (const Holder* holder : members_) names.push_back(holder->node->name);
    refuse("a majority is there, on " + join(names, ", ") +
           ": `kiln apply` starts what is stopped; journalctl -u " + unit_of(database_) +
           " says why one does not find the others");
  }

  Step step(const std::string& what, const HostName& host, std::string title, std::string why) const {
    Step step;
    step.id = "recover/" + std::string(short_name(database_)) + ':' + what;
    step.host = host;
    step.title = std::move(title);
    step.why = {std::move(why)};
    step.risk = Risk::quorum;
    return step;
  }

  void add(Step step, const std::vector<std::string>& after, const std::string& reason) {
    for (const std::string& id : after) step.needs.push_back({id, reason});
    std::ranges::sort(step.needs, {}, &StepNeed::step);
    recovery_.plan.steps.push_back(std::move(step));
  }

  /// `group`: members of one cluster, the one whose rows are kept first. Steps that are done already are
  /// done again where that changes nothing.
  void plan_surgery(const std::vector<const Holder*>& group) {
    const Holder& kept = *group.front();
    const std::string node = kept.node->name;
    std::vector<const Holder*> others(group.begin() + 1, group.end());
    others.insert(others.end(), old_.begin(), old_.end());
    const bool lost = !recovery_.cluster_id.empty();

    std::vector<std::string> stopped;
    std::vector<const Holder*> running(others);
    if (lost) running.push_back(&kept);
    for (const Holder* holder : running) {
      if (!holder->runs) continue;
      Step stop = step("stop-" + holder->node->name, holder->node->name, "stop the server of " + name_,
                       "no server of the cluster that is lost runs while another one takes its place");
      stop.actions.push_back(UnitAction{unit_of(database_), UnitVerb::stop});
      stopped.push_back(stop.id);
      add(std::move(stop), {}, "");
    }
    std::vector<std::string> ready = stopped;
    if (lost) {
      Step recreate = step("recreate", node, "make a new cluster of " + name_ + " with the rows of " + node,
                           "a majority of " + recovery_.cluster_id + " will never come back");
      recreate.actions.push_back(RecreateDatabase{database_, recovery_.cluster_id, kept.file.local_address,
                                                  desired_.central.election_timer_ms});
      recreate.irreversible = true;
      ready = {recreate.id};
      add(std::move(recreate), stopped, "every server is stopped");
    }
    const std::vector<std::string> told = add_resets(ready);
    Step start = step("start", node, "run the new " + name_, "the others join it");
    start.actions = {UnitAction{unit_of(database_), UnitVerb::reset_failed},
                     UnitAction{unit_of(database_), UnitVerb::start}};
    start.gates.push_back({node, DatabaseConnected{database_}, Duration{60000}});
    const std::string started = start.id;
    std::vector<std::string> before = ready;
    before.insert(before.end(), told.begin(), told.end());
    add(std::move(start), before, "it is the only one, and its clients will take it");
    for (const Holder* holder : others) {
      Step retire = step("retire-" + holder->node->name, holder->node->name,
                         "put aside the file of " + holder->node->name + ", which joins anew",
                         "it is of the cluster that is lost");
      retire.actions.push_back(RetireDatabase{database_});
      std::vector<std::string> after{started};
      const std::string stop_id =
          "recover/" + std::string(short_name(database_)) + ":stop-" + holder->node->name;
      if (std::ranges::find(stopped, stop_id) != stopped.end()) after.push_back(stop_id);
      add(std::move(retire), after, "the new cluster runs with the rows");
    }
  }

  /// A client waits for rows newer than any that it has seen, and the new cluster's log begins at the start
  /// (ovn-controller(8) and ovn-northd(8), *-cluster-state-reset). They are told while no server runs, so
  /// that none of them can see an old row after that.
  std::vector<std::string> add_resets(const std::vector<std::string>& after) {
    std::vector<std::string> ids;
    const std::string command = std::string(short_name(database_)) + "-cluster-state-reset";
    for (const NodeSpec* node : desired_.nodes_in_file_order())
      for (const AppctlLook& client : {kNorthdClient, kControllerClient}) {
        if (client == kControllerClient && database_ == Database::northbound) continue;
        if (!facts_.seen(node->name, client)) continue;
        Step reset = step("reset-" + client.target.substr(4) + '-' + node->name, node->name,
                          "let " + client.target + " take a cluster whose log begins anew",
                          "it would wait for rows newer than those that it has seen");
        reset.actions.push_back(Appctl{client.target, {command}});
        reset.risk = Risk::control_plane;
        ids.push_back(reset.id);
        add(std::move(reset), after, "no server runs that it could still hear of");
      }
    return ids;
  }

  const Desired& desired_;
  const Facts& facts_;
  Database database_;
  std::string name_;
  Recovery recovery_;
  const std::vector<std::string>& forgotten_;
  std::set<std::string> used_;     ///< of those
  std::set<std::string> by_word_;  ///< addresses of who is lost because somebody says so, and no host does
  std::vector<Holder> holders_;
  std::vector<const Holder*> members_;  ///< of the cluster that counts, the longest log first
  std::vector<const Holder*> old_;      ///< of clusters that were replaced
};

}  // namespace

std::vector<Probe> recovery_probes(const Desired& desired, Database database) {
  std::vector<Probe> probes;
  for (const NodeSpec* node : desired.nodes_in_file_order())
    for (Look& look : looks_at_node(database)) probes.push_back({node->name, std::move(look)});
  for (const auto& [name, node] : desired.dead) probes.push_back({name, HostLook{}});
  return probes;
}

Recovery plan_recovery(const Desired& desired, const Facts& facts, Database database,
                       const std::vector<std::string>& forgotten) {
  return RecoveryPlanning(desired, facts, database, forgotten).run();
}

}  // namespace kiln::planner
