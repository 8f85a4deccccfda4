#include "render/plan_json.h"

#include <nlohmann/json.hpp>

#include "render/json_text.h"

namespace kiln::render {

using nlohmann::json;

namespace {

json value_json(const std::optional<AttributeValue>& value) {
  if (!value) return nullptr;
  return std::visit([](const auto& content) { return json(content); }, *value);
}

json change_json(const Change& change) {
  json attributes = json::array();
  for (const AttributeChange& attribute : change.attributes)
    attributes.push_back({{"path", attribute.path},
                          {"from", value_json(attribute.from)},
                          {"to", value_json(attribute.to)},
                          {"span", to_json(attribute.span)}});
  return {{"resource", change.id.text()},        {"host", change.host}, {"verb", to_string(change.verb)},
          {"attributes", std::move(attributes)}, {"why", change.why},   {"span", to_json(change.span)}};
}

json gate_json(const Gate& gate) {
  json condition = to_json(gate.condition);
  condition["host"] = gate.host;
  condition["deadline_ms"] = gate.deadline.count();
  return condition;
}

json step_json(const Step& step) {
  json resources = json::array();
  for (const ResourceId& id : step.resources) resources.push_back(id.text());
  json actions = json::array();
  for (const Action& action : step.actions) actions.push_back(to_json(action));
  json guards = json::array();
  for (const Gate& guard : step.guards) guards.push_back(gate_json(guard));
  json gates = json::array();
  for (const Gate& gate : step.gates) gates.push_back(gate_json(gate));
  json needs = json::array();
  for (const StepNeed& need : step.needs) needs.push_back({{"step", need.step}, {"reason", need.reason}});
  return {{"id", step.id},
          {"resources", std::move(resources)},
          {"host", step.host},
          {"title", step.title},
          {"why", step.why},
          {"guards", std::move(guards)},
          {"actions", std::move(actions)},
          {"gates", std::move(gates)},
          {"needs", std::move(needs)},
          {"pool", step.pool},
          {"risk", to_string(step.risk)},
          {"irreversible", step.irreversible},
          {"deadline_ms", step.deadline.count()}};
}

json trouble_json(const Trouble& trouble) {
  return {{"resource", trouble.resource.text()},
          {"host", trouble.host},
          {"seen", trouble.seen},
          {"mend", trouble.mend}};
}

json summary_json(const Plan& plan) {
  const PlanSummary sum = summarize(plan);
  return {{"create", sum.create},     {"update", sum.update},     {"replace", sum.replace},
          {"remove", sum.remove},     {"defer", sum.defer},       {"unchanged", sum.unchanged},
          {"steps", sum.steps},       {"restarts", sum.restarts}, {"irreversible", sum.irreversible},
          {"left_out", plan.left_out}};
}

}  // namespace

json beside_json(const std::vector<Beside>& beside) {
  json list = json::array();
  for (const Beside& one : beside)
    list.push_back({{"kind", one.kind}, {"text", one.text}, {"on_ours", one.on_ours}});
  return list;
}

json troubles_json(const std::vector<Trouble>& troubles) {
  json list = json::array();
  for (const Trouble& trouble : troubles) list.push_back(trouble_json(trouble));
  return list;
}

json plan_json(const Plan& plan, const Answers& answers) {
  json changes = json::array();
  for (const Change& change : plan.changes) changes.push_back(change_json(change));
  json steps = json::array();
  for (const Step& step : plan.steps) steps.push_back(step_json(step));
  return {{"format_version", kPlanFormat},
          {"cluster", plan.cluster},
          {"plan_id", plan.id},
          {"revision", plan.revision},
          {"hosts", {{"total", answers.total}, {"answered", answers.answered()}, {"silent", answers.silent}}},
          {"part", plan.part},
          {"summary", summary_json(plan)},
          {"changes", std::move(changes)},
          {"steps", std::move(steps)},
          {"warnings", plan.warnings},
          {"troubles", troubles_json(plan.troubles)},
          {"beside", beside_json(plan.beside)}};
}

}  // namespace kiln::render
