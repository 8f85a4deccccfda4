#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "engine/doctor_parts.h"

namespace kiln::engine {

/// Three nodes, n1 to n3 at 192.0.2.11 to 13, that are central, chassis and switch and on which all is well;
/// a workload on n1. A test makes one fault in the facts.
class Ward {
 public:
  Ward();

  Desired desired;
  Facts facts;
  TimePoint now;

  void see(const HostName& host, const Look& look, Seen seen) { facts.set({host, look}, std::move(seen)); }
  void lack(const HostName& host, const Look& look) { facts.set({host, look}, Absent{}); }
  /// The host does not answer.
  void hide(const HostName& host);
  void see_rows(const HostName& host, Database database, const std::string& table, ovsdb::Table rows);
  /// What is seen of one look, to be changed and seen again.
  template <typename T>
  T seen(const HostName& host, const Look& look) const {
    const T* found = facts.seen<T>(host, look);
    EXPECT_NE(found, nullptr) << host << ": " << describe(look);
    return found ? *found : T{};
  }
  template <typename T, typename Edit>
  void edit(const HostName& host, const Look& look, Edit change) {
    T fact = seen<T>(host, look);
    change(fact);
    see(host, look, std::move(fact));
  }
  /// Rows of a table as they are, by the looks that doctor makes at it.
  void edit_rows(const HostName& host, Database database, const std::string& table,
                 void (*change)(ovsdb::Table& rows));

  Checkup all() const { return judge_all(desired, facts, now); }
  /// "FAIL n1: evidence" of each finding of the check, or "PASS: what was well".
  std::string check(const std::string& slug) const;
  /// Checks that are not PASS.
  std::vector<std::string> not_passed() const;

  const RowsSeen* rows_of(const HostName& host, Database database, const std::string& table) const;
};

/// A row's uuid, from 1.
Uuid numbered(int number);

/// A certificate of which only the dates matter.
std::string certificate_for(const std::string& name, int days, TimePoint from);

}  // namespace kiln::engine
