#include "render/saved_plan.h"

#include <charconv>
#include <nlohmann/json.hpp>
#include <set>

#include "base/text.h"
#include "render/action_read.h"
#include "render/json_text.h"

namespace kiln::render {

using nlohmann::json;

namespace {

Span read_span(const Fields& fields) {
  if (fields.json().is_null()) return {};
  const Span span{fields.at("file").line(), fields.at("line").number(), fields.at("column").number(),
                  fields.at("end_line").number(), fields.at("end_column").number()};
  if (!span.known()) fields.at("line").wrong("a line, from 1");
  return span;
}

std::optional<AttributeValue> read_value(const Fields& fields) {
  const json& value = fields.json();
  if (value.is_null()) return std::nullopt;
  if (value.is_boolean()) return value.get<bool>();
  if (value.is_number_unsigned() && value.get<std::uint64_t>() > std::uint64_t{INT64_MAX})
    fields.wrong("a number of 64 bits");
  if (value.is_number_integer()) return value.get<std::int64_t>();
  if (value.is_string()) return value.get<std::string>();
  const std::vector<std::string> texts = fields.texts();
  return std::set<std::string>(texts.begin(), texts.end());
}

ResourceId read_id(const Fields& fields) {
  const std::string text = fields.text();
  const std::size_t slash = text.find('/');
  if (slash == std::string::npos) fields.wrong("KIND/NAME");
  return {text.substr(0, slash), text.substr(slash + 1)};
}

Change read_change(const Fields& fields) {
  using enum Verb;
  Change change;
  change.id = read_id(fields.at("resource"));
  change.host = fields.at("host").line();
  change.verb = fields.at("verb").word<Verb>({none, create, update, replace, remove, defer});
  change.why = fields.at("why").text();
  change.span = read_span(fields.at("span"));
  for (const Fields& attribute : fields.at("attributes").items())
    change.attributes.push_back({attribute.at("path").text(), read_value(attribute.at("from")),
                                 read_value(attribute.at("to")), read_span(attribute.at("span"))});
  return change;
}

Step read_step(const Fields& fields) {
  Step step;
  step.id = fields.at("id").text();
  for (const Fields& id : fields.at("resources").items()) step.resources.push_back(read_id(id));
  step.host = fields.at("host").line();
  step.title = fields.at("title").text();
  step.why = fields.at("why").texts();
  const auto gates_at = [&](const char* key) {
    std::vector<Gate> gates;
    for (const Fields& gate : fields.at(key).items())
      gates.push_back(
          {gate.at("host").line(), read_condition(gate), Duration{gate.at("deadline_ms").number()}});
    return gates;
  };
  step.guards = gates_at("guards");
  for (const Fields& action : fields.at("actions").items()) step.actions.push_back(read_action(action));
  step.gates = gates_at("gates");
  for (const Fields& need : fields.at("needs").items())
    step.needs.push_back({need.at("step").text(), need.at("reason").text()});
  step.pool = fields.at("pool").text();
  step.risk = fields.at("risk").word<Risk>({Risk::none, Risk::control_plane, Risk::data_plane, Risk::quorum});
  step.irreversible = fields.at("irreversible").flag();
  step.deadline = Duration{fields.at("deadline_ms").number()};
  return step;
}

/// What the executor takes for granted: ids are unique, and needs name steps that come before.
void check_order(const Fields& steps, const std::vector<Step>& read) {
  std::set<std::string> before;
  for (std::size_t i = 0; i < read.size(); ++i) {
    const std::string place = steps.place() + '/' + std::to_string(i);
    for (const StepNeed& need : read[i].needs)
      if (!before.contains(need.step))
        throw Malformed(place + ": needs `" + need.step + "`, which is not before it");
    if (!before.insert(read[i].id).second) throw Malformed(place + ": a second step `" + read[i].id + '`');
    if (read[i].resources.empty()) throw Malformed(place + ": it is for no resource");
  }
}

SavedPlan read_all(const Fields& fields) {
  SavedPlan saved;
  Plan& plan = saved.plan;
  plan.cluster = fields.at("cluster").line();
  plan.id = fields.at("plan_id").line();
  plan.revision = fields.at("revision").line();
  plan.warnings = fields.at("warnings").texts();
  plan.unchanged = static_cast<std::size_t>(fields.at("summary").at("unchanged").number());
  plan.part = fields.at("part").line();
  plan.left_out = static_cast<std::size_t>(fields.at("summary").at("left_out").number());
  for (const Fields& change : fields.at("changes").items()) plan.changes.push_back(read_change(change));
  for (const Fields& step : fields.at("steps").items()) plan.steps.push_back(read_step(step));
  check_order(fields.at("steps"), plan.steps);
  saved.answers.total = static_cast<std::size_t>(fields.at("hosts").at("total").number());
  saved.answers.silent = fields.at("hosts").at("silent").lines();
  if (saved.answers.silent.size() > saved.answers.total)
    fields.at("hosts").wrong("no more silent hosts than hosts");
  const Fields source = fields.at("saved");
  saved.file = source.at("file").line();
  saved.made_at = source.at("made_at").line();
  const Fields sources = source.at("sources");
  if (!sources.json().is_object()) sources.wrong("an object");
  for (const auto& [path, text] : sources.json().items())
    saved.sources[path] = Fields(text, sources.place() + '/' + path).text();
  return saved;
}

constexpr int kDeepest = 24;

/// MAJOR of "MAJOR.MINOR".
std::string major_of(const std::string& version) {
  return version.substr(0, version.find('.'));
}

}  // namespace

std::string saved_plan_text(const SavedPlan& saved) {
  json whole = plan_json(saved.plan, saved.answers);
  whole["saved"] = {{"file", saved.file}, {"sources", saved.sources}, {"made_at", saved.made_at}};
  return json_text(whole);
}

bool looks_like_saved_plan(const std::string& text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  return first != std::string::npos && text[first] == '{';
}

Result<SavedPlan> read_saved_plan(const std::string& text) {
  bool deep = false;  // whoever reads values recurses
  const auto shallow = [&deep](int depth, json::parse_event_t, const json&) {
    deep = deep || depth > kDeepest;
    return depth <= kDeepest;
  };
  const json parsed = json::parse(text, shallow, false);
  if (deep) return fail(ErrorCode::malformed, "it is not a plan: nested too deeply");
  if (parsed.is_discarded()) return fail(ErrorCode::malformed, "it is not a plan: not JSON, or cut");
  try {
    const Fields fields(parsed, "");
    const std::string version = fields.at("format_version").text();
    if (major_of(version) != major_of(kPlanFormat))
      return fail(ErrorCode::malformed, "a plan of format " + version + "; this kiln reads " +
                                            major_of(kPlanFormat) + ".x: make the plan anew");
    return read_all(fields);
  } catch (const Malformed& error) {
    return fail(ErrorCode::malformed, std::string("it is not a plan: ") + error.what());
  }
}

}  // namespace kiln::render
