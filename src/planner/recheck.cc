#include "planner/recheck.h"

#include <algorithm>
#include <map>

#include "base/text.h"
#include "planner/covers.h"
#include "planner/planner.h"

namespace kiln::planner {
namespace {

using Value = std::optional<AttributeValue>;

std::string text_of(const Value& value) {
  return value ? kiln::to_text(*value) : "not there";
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

 private:
  static Stale stale(const Change& planned, std::string fact, std::string was, std::string is) {
    return {planned.id, planned.host, std::move(fact), std::move(was), std::move(is), {}};
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
      if (value != attribute.from && attribute.from)
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
    if (satisfied == step.resources.size()) {
      result.satisfied.insert(step.id);
    } else if (satisfied > 0) {
      const ResourceId& done = *std::ranges::find_if(step.resources, is_satisfied);
      result.stale.push_back({done, step.host, "whether it is to be written", "with " + step.id,
                              "as wanted already, but not the others of its transaction",
                              voided(plan, done)});
    }
  }
}

}  // namespace

Recheck recheck(const Plan& plan, const Desired& desired, const Facts& facts, Random& random) {
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
  return result;
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
