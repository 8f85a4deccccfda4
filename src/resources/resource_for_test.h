#pragma once

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "base/assert.h"
#include "model/trouble.h"
#include "resources/context.h"
#include "resources/daemon.h"
#include "resources/operation_text_for_test.h"

/// A deployment and facts that a test sets by hand, and what a resource makes of them, as text.

namespace kiln::resources {

/// A row's uuid that says which it is.
inline Uuid row(int number) {
  Uuid uuid;
  uuid.bytes[15] = static_cast<std::uint8_t>(number);
  return uuid;
}

class FixedRandom : public Random {
 public:
  std::string bytes(std::size_t count) override { return std::string(count, 'r'); }
};

/// A unit that runs and starts at boot.
inline UnitSeen running(std::vector<std::string> command_line = {}) {
  UnitSeen unit;
  unit.load_state = "loaded";
  unit.active_state = "active";
  unit.file_state = "enabled";
  unit.command_line = std::move(command_line);
  return unit;
}
inline UnitSeen in_state(UnitSeen unit, const std::string& active_state) {
  unit.active_state = active_state;
  return unit;
}
inline UnitSeen at_boot(UnitSeen unit, const std::string& file_state) {
  unit.file_state = file_state;
  return unit;
}
inline FileSeen file(const std::string& content, unsigned mode = 0644, const std::string& owner = "root") {
  return {.content = content, .mode = mode, .owner = owner, .group = owner, .size = 0};
}
/// "a=1" pairs as the server has them.
inline ovsdb::Value ids(const std::map<std::string, std::string>& pairs) {
  return ovsdb::Value::string_map(pairs);
}

/// The cluster "edge" of nodes n1, n2, … at 192.0.2.11, …, each of them central, chassis and switch.
class Bench {
 public:
  explicit Bench(int nodes = 1);

  Desired desired;
  Placement placement;
  Facts facts;
  Names names;  ///< #1 to #9, and what the test adds

  void see(const HostName& host, const Look& look, Seen seen);
  void lack(const HostName& host, const Look& look);
  void hide(const HostName& host, const Look& look);
  /// The table's look, with the columns that kiln reads.
  Look rows_look(Database database, const std::string& table) const;
  void see_rows(const HostName& host, Database database, const std::string& table, ovsdb::Table rows);
  /// All that this resource looks at is not there.
  void lack_all(const ResourceId& id);
  /// The files that the resource's steps write are there.
  void put_files(const ResourceId& id);

  /// Null if the deployment has none of this name.
  const Resource* find(const ResourceId& id);
  const Resource& made(const ResourceId& id);
  /// Ids of all resources of this kind, sorted.
  std::string all_of(const std::string& kind);

  /// "unknown: …", "foreign: …", "absent", "as wanted", "not wanted", or "path: seen -> wanted\n" of each
  /// difference.
  std::string verdict(const ResourceId& id);

  /// The steps for the difference as text, or "refused: …".
  std::string steps(const ResourceId& id);
  std::vector<Step> planned(const ResourceId& id);
  /// What the steps write to this file; "" if they do not.
  std::string written(const ResourceId& id, const std::string& path);
  /// "kind/name\n" of each need.
  std::string needs(const ResourceId& id);

  /// Each fact that the resource looks at makes it unknown, and is named as the reason. `but`: looks that are
  /// not compared.
  void expect_unknown_for_each_probe(const ResourceId& id, const std::set<Look>& but = {});

 private:
  Change change_of(const Resource& resource, const Observation& observation) const;

  /// Checks what resource.h promises of every step.
  Result<std::vector<Step>> try_plan(const ResourceId& id);

  Resources resources_;
};

/// A line each; that each says what would mend it is checked.
std::string lines_of(const std::vector<Trouble>& troubles);

}  // namespace kiln::resources
