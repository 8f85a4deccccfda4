#include "planner/recheck.h"

#include <algorithm>
#include <iterator>
#include <map>

#include "base/text.h"
#include "planner/batch_title.h"
#include "planner/covers.h"
#include "planner/fingerprint.h"
#include "planner/planner.h"

namespace kiln::planner {
namespace {

using Value = std::optional<AttributeValue>;

std::string text_of(const Value& value) {
  return value ? kiln::to_text(*value) : "not there";
}

/// The operation, or one for each value of a Mutate: a batch has those of several resources in one.
std::vector<ovsdb::Operation> parts_of(const ovsdb::Operation& operation) {
  const auto* mutate = std::get_if<ovsdb::Mutate>(&operation);
  if (!mutate) return {operation};
  std::vector<ovsdb::Operation> parts;
  const auto add = [&](const ovsdb::Mutation& mutation, ovsdb::Value value) {
    parts.emplace_back(
        ovsdb::Mutate{mutate->table, mutate->where, {{mutation.column, mutation.mutator, std::move(value)}}});
  };
  for (const ovsdb::Mutation& mutation : mutate->mutations) {
    for (const ovsdb::Atom& atom : mutation.value.atoms()) add(mutation, ovsdb::Value::set({atom}));
    for (const auto& [key, value] : mutation.value.pairs())
      add(mutation, ovsdb::Value(ovsdb::Map{{key, value}}));
  }
  return parts;
}

/// What became of one resource of the plan.
struct Verdict {
  std::vector<Stale> stale;
  bool satisfied = true;  ///< as wanted already
};

class Judge {
 public:
  Judge(const Plan& plan, const Desired& desired, const Facts& facts, Random& random)
      : facts_(facts), random_(random) {
    for (const Step& step : plan.steps)
      for (const ResourceId& resource : step.resources) steps_of_[resource].push_back(&step);
    std::vector<std::string> problems;
    resources_ = resources::make_resources(desired, resources::place(desired, facts, problems), facts);
    for (const auto& resource : resources_) by_id_[resource->id()] = resource.get();
    for (Change& change : diff(resources_, facts)) now_[change.id] = std::move(change);
    if (!forget_databases(plan)) return;
    before_resources_ =
        resources::make_resources(desired, resources::place(desired, before_, problems), before_);
    for (const auto& resource : before_resources_) before_by_id_[resource->id()] = resource.get();
  }

  Verdict judge(const Change& planned) const {
    const auto found = now_.find(planned.id);
    if (found == now_.end()) {
      if (planned.verb == Verb::remove) return {};
      return {{stale(planned, "whether it is wanted", "wanted", "no longer wanted")}, false};
    }
    const Change& now = found->second;
    if (now.verb == Verb::defer) return {{stale(planned, "what it is", "known", now.why)}, false};
    Verdict verdict = judge_attributes(planned, now);
    if (verdict.stale.empty() && !verdict.satisfied) judge_actions(planned, now, verdict);
    return verdict;
  }

  /// What planning makes of the changes that the plan shows and the step is for.
  std::vector<Step> made_for(const Step& step, const std::map<ResourceId, const Change*>& shown) const {
    std::vector<Step> made;
    for (const ResourceId& resource : step.resources)
      if (const auto change = shown.find(resource); change != shown.end()) add_made(*change->second, made);
    return made;
  }

  /// Which action of the step planning would not make: null for none.
  static const Action* foreign_action(const Step& step, const std::vector<Step>& made) {
    const auto is_made = [&](const Action& action) {
      return std::ranges::any_of(made, [&](const Step& fresh) {
        return std::ranges::any_of(fresh.actions, [&](const Action& one) {
          return covers(one, action) || (std::holds_alternative<UnitAction>(action) && covers(action, one));
        });
      });
    };
    const auto foreign = std::ranges::find_if(step.actions, [&](const Action& action) {
      const auto* transact = std::get_if<Transact>(&action);
      if (!transact) return !is_made(action);
      return !std::ranges::all_of(transact->transaction, [&](const ovsdb::Operation& operation) {
        return std::ranges::all_of(parts_of(operation), [&](const ovsdb::Operation& part) {
          return is_made(Transact{transact->database, {part}});
        });
      });
    });
    return foreign == step.actions.end() ? nullptr : &*foreign;
  }

 private:
  /// What planning makes of the change: as it is now, and, for what an earlier run of the same plan has done,
  /// as it was.
  void add_made(const Change& planned, std::vector<Step>& made) const {
    const auto now = now_.find(planned.id);
    if (now == now_.end()) return;
    const auto add = [&](const resources::Resource& resource, const Change& change, const Facts& facts) {
      auto steps = resource.steps(change, facts, random_);
      if (steps) std::ranges::move(*steps, std::back_inserter(made));
    };
    const resources::Resource& resource = *by_id_.at(planned.id);
    add(resource, now->second, facts_);
    if (planned.verb == now->second.verb) add(resource, planned, facts_);
    if (planned.verb != Verb::create) return;
    add(resource, planned, facts_);
    add(resource, planned, Facts());
    if (const auto before = before_by_id_.find(planned.id); before != before_by_id_.end())
      add(*before->second, planned, before_);
  }

  /// The facts without the databases that an earlier run of the plan has made, as who makes one and who joins
  /// it is told by them; false if there are none.
  bool forget_databases(const Plan& plan) {
    before_ = facts_;
    bool any = false;
    for (const Change& change : plan.changes) {
      const auto resource = by_id_.find(change.id);
      if (change.verb != Verb::create || resource == by_id_.end()) continue;
      for (const Probe& probe : resource->second->probes()) {
        const bool of_database = std::holds_alternative<DatabaseFileLook>(probe.look) ||
                                 std::holds_alternative<DatabaseLogLook>(probe.look) ||
                                 std::holds_alternative<DatabaseLook>(probe.look) ||
                                 std::holds_alternative<RaftLook>(probe.look);
        if (!of_database || !facts_.seen(probe.host, probe.look)) continue;
        before_.set(probe, Absent{});
        any = true;
      }
    }
    return any;
  }

  static Stale stale(const Change& planned, std::string fact, std::string was, std::string is) {
    return {planned.id, planned.host, std::move(fact), std::move(was), std::move(is), {}};
  }

  /// A state of a unit that it leaves by itself (systemctl(1), ActiveState), as after a run that was killed:
  /// where it arrives the actions tell whether they still fit.
  static bool moves_on(const Value& value) {
    const auto* state = value ? std::get_if<std::string>(&*value) : nullptr;
    return state && (*state == "activating" || *state == "deactivating" || *state == "reloading");
  }

  /// Each must be what it was, or what it is to become. What else drifted since is not this plan's.
  static Verdict judge_attributes(const Change& planned, const Change& now) {
    Verdict verdict;
    for (const AttributeChange& attribute : planned.attributes) {
      const auto differs = std::ranges::find(now.attributes, attribute.path, &AttributeChange::path);
      const Value value = differs == now.attributes.end() ? attribute.to : differs->from;
      if (value == attribute.to) continue;
      verdict.satisfied = false;
      // What was not there may be half made by this very plan: its actions tell whether they still fit.
      if (value != attribute.from && attribute.from && !moves_on(attribute.from))
        verdict.stale.push_back(stale(planned, attribute.path, text_of(attribute.from), text_of(value)));
    }
    if (planned.attributes.empty()) verdict.satisfied = now.verb == Verb::none;
    return verdict;
  }

  /// What would be done now must be part of what the plan does: a member that was to be created must not have
  /// become one that joins, and a row must still be the same row.
  void judge_actions(const Change& planned, const Change& now, Verdict& verdict) const {
    const auto steps = by_id_.at(planned.id)->steps(now, facts_, random_);
    if (!steps) {
      verdict.stale.push_back(stale(planned, "whether it can be done", "possible", steps.error().text()));
      return;
    }
    for (const Step& fresh : *steps)
      for (const Action& action : fresh.actions)
        if (!planned_somewhere(planned.id, fresh.id, action))
          verdict.stale.push_back(stale(planned, "what is to be done", titles_of(planned.id),
                                        fresh.title + ": " + describe(action)));
  }

  /// In the step of this id; rows may be in a batch, whose transaction says what is written.
  bool planned_somewhere(const ResourceId& resource, const std::string& step_id, const Action& action) const {
    return std::ranges::any_of(steps_of(resource), [&](const Step* step) {
      const bool batch = step->resources.size() > 1;
      return (batch || step->id == step_id) &&
             std::ranges::any_of(step->actions, [&](const Action& other) { return covers(other, action); });
    });
  }

  std::string titles_of(const ResourceId& resource) const {
    std::vector<std::string> titles;
    for (const Step* step : steps_of(resource)) titles.push_back(step->title);
    return join(titles, "; ");
  }

  const std::vector<const Step*>& steps_of(const ResourceId& resource) const {
    static const std::vector<const Step*> kNone;
    const auto found = steps_of_.find(resource);
    return found == steps_of_.end() ? kNone : found->second;
  }

  std::map<ResourceId, std::vector<const Step*>> steps_of_;  ///< of the plan, in its order
  const Facts& facts_;
  Random& random_;
  resources::Resources resources_;
  std::map<ResourceId, const resources::Resource*> by_id_;
  std::map<ResourceId, Change> now_;
  Facts before_;
  resources::Resources before_resources_;
  std::map<ResourceId, const resources::Resource*> before_by_id_;
};

/// The steps of the resource and, one after the other, those that need them.
std::vector<std::string> voided(const Plan& plan, const ResourceId& resource) {
  std::vector<std::string> steps;
  for (const Step& step : plan.steps) {  // needs come before
    const bool own = std::ranges::find(step.resources, resource) != step.resources.end();
    const bool needs = std::ranges::any_of(
        step.needs, [&](const StepNeed& need) { return std::ranges::find(steps, need.step) != steps.end(); });
    if (own || needs) steps.push_back(step.id);
  }
  return steps;
}

/// A batch is one transaction: all of its rows are written, or none.
void judge_batches(const Plan& plan, const std::map<ResourceId, Verdict>& verdicts, Recheck& result) {
  for (const Step& step : plan.steps) {
    const auto is_satisfied = [&](const ResourceId& id) {
      const auto verdict = verdicts.find(id);
      return verdict != verdicts.end() && verdict->second.satisfied;
    };
    const auto satisfied = static_cast<std::size_t>(std::ranges::count_if(step.resources, is_satisfied));
    if (!step.resources.empty() && satisfied == step.resources.size()) {
      result.satisfied.insert(step.id);
    } else if (satisfied > 0) {
      const ResourceId& done = *std::ranges::find_if(step.resources, is_satisfied);
      result.stale.push_back({done, step.host, "whether it is to be written", "with " + step.id,
                              "as wanted already, but not the others of its transaction",
                              voided(plan, done)});
    }
  }
}

/// What planning would call the step, with where and at what risk it is done.
std::string said_of(const std::string& title, const HostName& host, Risk risk, bool irreversible) {
  return title + " on " + host + (risk == Risk::none ? "" : " [" + std::string(to_string(risk)) + "]") +
         (irreversible ? " [irreversible]" : "");
}

/// Guards are of the facts that there are when they are made; what they are about, and where, is not.
bool same_guards(const Step& step, const Step& fresh) {
  return std::ranges::equal(step.guards, fresh.guards, [](const Gate& one, const Gate& other) {
    return one.host == other.host && one.condition.index() == other.condition.index();
  });
}

/// Which member lets another go is whoever leads.
bool is_kick(const Step& step) {
  return std::ranges::any_of(step.actions,
                             [](const Action& action) { return std::holds_alternative<KickMember>(action); });
}

/// What a step says of itself, and where it is done, if planning says something else of it: nothing if not.
/// `made` is what planning makes for its resources.
std::optional<std::string> said_otherwise(const Step& step, const std::vector<Step>& made,
                                          const std::vector<Change>& changes) {
  const auto* transact = step.actions.size() == 1 ? std::get_if<Transact>(&step.actions.front()) : nullptr;
  if (step.resources.size() > 1 && transact) {
    Risk risk = Risk::none;
    bool irreversible = false;
    for (const Step& fresh : made) {
      risk = std::max(risk, fresh.risk);
      irreversible = irreversible || fresh.irreversible;
    }
    const std::string said =
        said_of(batch_title(*transact, step.resources, changes), kCluster, risk, irreversible);
    return said == said_of(step.title, step.host, step.risk, step.irreversible) ? std::nullopt
                                                                                : std::optional(said);
  }
  std::optional<std::string> otherwise;
  for (const Step& fresh : made) {
    if (fresh.id != step.id) continue;
    const HostName& host = is_kick(step) ? step.host : fresh.host;
    const std::string said = said_of(fresh.title, host, fresh.risk, fresh.irreversible);
    if (said == said_of(step.title, step.host, step.risk, step.irreversible) && same_guards(step, fresh))
      return std::nullopt;
    otherwise =
        said +
        (same_guards(step, fresh) ? "" : ", only if " + std::to_string(fresh.guards.size()) + " things hold");
  }
  return otherwise;
}

/// What is shown is what is done: nothing else than planning makes of the changes, by the name it has there.
void judge_content(const Plan& plan, const Desired& desired, const Judge& judge, Recheck& result) {
  std::map<ResourceId, const Change*> shown;
  for (const Change& change : plan.changes)
    if (change.verb != Verb::none && change.verb != Verb::defer) shown[change.id] = &change;
  for (const Step& step : plan.steps) {
    if (result.satisfied.contains(step.id)) continue;
    const auto node = desired.nodes.find(step.host);
    const bool wipes = step.resources.empty() && step.actions == std::vector<Action>{RemoveKept{}} &&
                       node != desired.nodes.end() && !node->second.stays();
    if (wipes) continue;
    const auto add = [&](std::string fact, std::string planned, std::string now) {
      const ResourceId resource =
          step.resources.empty() ? ResourceId{"plan", plan.id} : step.resources.front();
      result.stale.push_back(
          {resource, step.host, std::move(fact), std::move(planned), std::move(now), {step.id}});
    };
    const std::vector<Step> made = judge.made_for(step, shown);
    if (const Action* foreign = Judge::foreign_action(step, made))
      add("what step " + step.id + " does", describe(*foreign),
          "nothing that the changes of the plan ask for");
    else if (auto otherwise = said_otherwise(step, made, plan.changes))
      add("what step " + step.id + " says that it does",
          said_of(step.title, step.host, step.risk, step.irreversible), *std::move(otherwise));
  }
}

/// A plan that draws a uuid for the deployment rests on that one.
Desired with_drawn_id(Desired desired, const Plan& plan) {
  for (const Change& change : plan.changes)
    for (const AttributeChange& attribute : change.attributes)
      if (const auto* id = attribute.to ? std::get_if<std::string>(&*attribute.to) : nullptr;
          id && change.id.kind == "mark")
        desired.fresh_id = *id;
  return desired;
}

}  // namespace

Recheck recheck(const Plan& plan, const Desired& wanted, const Facts& facts, Random& random) {
  const Desired desired = with_drawn_id(wanted, plan);
  const Judge judge(plan, desired, facts, random);
  Recheck result;
  std::map<ResourceId, Verdict> verdicts;
  for (const Change& change : plan.changes) {
    if (change.verb == Verb::none || change.verb == Verb::defer) continue;
    Verdict& verdict = verdicts[change.id] = judge.judge(change);
    for (Stale& stale : verdict.stale) {
      stale.voids = voided(plan, change.id);
      result.stale.push_back(stale);
    }
  }
  judge_batches(plan, verdicts, result);
  if (result.stale.empty()) judge_content(plan, desired, judge, result);
  return result;
}

std::vector<Stale> edited(const Plan& plan) {
  const std::string id = fingerprint(plan);
  if (id == plan.id) return {};
  std::vector<std::string> all;
  for (const Step& step : plan.steps) all.push_back(step.id);
  return {
      {{"plan", plan.id}, kCluster, "its content", "plan " + plan.id, "plan " + id + ": it was edited", all}};
}

Plan without(Plan plan, const std::set<std::string>& steps) {
  std::erase_if(plan.steps, [&](const Step& step) { return steps.contains(step.id); });
  for (Step& step : plan.steps)
    std::erase_if(step.needs, [&](const StepNeed& need) { return steps.contains(need.step); });
  return plan;
}

std::set<ResourceId> resources_of(const Plan& plan) {
  std::set<ResourceId> ids;
  for (const Change& change : plan.changes)
    if (change.verb != Verb::none && change.verb != Verb::defer) ids.insert(change.id);
  return ids;
}

}  // namespace kiln::planner
