#include "resources/nb/deployment.h"

#include <algorithm>
#include <charconv>

#include "base/quote.h"
#include "base/text.h"
#include "base/uuid.h"
#include "resources/context.h"
#include "resources/nb/roster.h"
#include "resources/nb/rows.h"
#include "resources/steps.h"

// Kind `deployment/<cluster>`: what the northbound remembers of the deployment as a whole.

namespace kiln::resources {
namespace {

constexpr const char* kAuthorityKey = "kiln-authority";
const std::string kIncludePrefix = "kiln-include-";
/// Longer ones are not remembered.
constexpr std::size_t kLongest = 512;

/// Attributes are the keys, without the prefix of all of them.
std::string attribute_of(const std::string& key) {
  return key.substr(std::string_view("kiln-").size());
}

/// This machine's folder with the authority, or "" where its name is not known.
std::string place_here(const Context& context) {
  const auto* here = context.facts.seen<HostSeen>(kController, HostLook{});
  return here && !here->hostname.empty() ? here->hostname + ':' + context.desired.ca.dir : "";
}

std::optional<std::string> key_of(const Facts& facts, const std::string& key) {
  const ovsdb::Value* ids = global_ids(facts);
  return ids ? ids->at(key) : std::nullopt;
}

class Deployment : public Resource {
 public:
  explicit Deployment(const Context& context)
      : Resource(deployment_id(context.desired.cluster.name), kCluster,
                 context.desired.cluster.places.at("name")) {
    if (!context.identity.id.empty()) keys_[kDeploymentKey] = context.identity.id;
    // Whoever has the authority says where it is; who only works with it does not know.
    std::string made_at = authority_record(context.facts);
    if (context.authority->elsewhere.empty() && (made_at.empty() || context.authority->rotates()))
      made_at = place_here(context);
    if (!made_at.empty()) keys_[kAuthorityKey] = made_at;
    remember_includes(context);
  }

  std::vector<Probe> probes() const override { return {{kCluster, roster_look()}}; }
  std::vector<Need> needs() const override {
    return {{listener_id(Database::northbound), "the northbound database is there"}};
  }
  std::optional<State> wanted() const override {
    State state;
    for (const auto& [key, value] : keys_) state[attribute_of(key)] = value;
    return state;
  }
  Observation observe(const Facts& facts) const override {
    if (auto why = facts.unknown(kCluster, roster_look())) return Unknown{*why};
    State state;
    for (const char* key : {kDeploymentKey, kAuthorityKey})
      if (const auto value = key_of(facts, key)) state[attribute_of(key)] = *value;
    for (const auto& [pattern, count] : include_record(facts))
      state[attribute_of(kIncludePrefix + pattern)] = std::to_string(count);
    if (state.empty() && !keys_.empty()) return Absent{};
    return state;
  }
  Result<std::vector<Step>> steps(const Change& change, const Facts& facts, Random&) const override {
    if (!lost_.empty())
      return fail(ErrorCode::precondition,
                  "include of " + join(lost_, ", ") + " " + kLostFiles +
                      ": bring the files back; if it is meant to be empty: kiln apply" + allowing_);
    Step step = make_step(change, "keys", "remember what the deployment is");
    step.pool = kRows;
    std::vector<ovsdb::Mutation> mutations;
    for (const auto& [key, value] : keys_) {
      if (!change.touches(attribute_of(key))) continue;
      if (key_of(facts, key)) mutations.push_back({"external_ids", "delete", ovsdb::Value(key)});
      if (!value.empty())
        mutations.push_back({"external_ids", "insert", ovsdb::Value::string_map({{key, value}})});
    }
    step.actions.push_back(
        Transact{Database::northbound, {ovsdb::Mutate{"NB_Global", {}, std::move(mutations)}}});
    return std::vector<Step>{step};
  }

 private:
  void remember_includes(const Context& context) {
    const std::map<std::string, std::size_t> before = include_record(context.facts);
    // A pattern that is no longer written is no longer remembered; one that is written in its place may be a
    // slip of the pen.
    std::string renamed;
    for (const auto& [pattern, count] : before) {
      keys_[kIncludePrefix + pattern] = "";
      if (count > 0 && !context.desired.includes.contains(pattern)) renamed = pattern;
    }
    for (const auto& [pattern, count] : context.desired.includes) {
      if (pattern.size() > kLongest) continue;
      const std::string key = kIncludePrefix + pattern;
      auto recorded = before.find(pattern);
      if (recorded == before.end()) recorded = before.find(renamed);
      const bool matched = recorded != before.end() && recorded->second > 0;
      if (count > 0) {
        keys_[key] = std::to_string(count);
      } else if (matched && !context.desired.allowed_empty_includes.contains(pattern)) {
        allowing_ += " --allow-empty-include " + quote(pattern);
        lost_.push_back('`' + recorded->first + "` (" + count_of(recorded->second, "file", "files") +
                        (recorded->first == pattern ? ")" : ", now written `" + pattern + "`)"));
      }
    }
  }

  std::map<std::string, std::string> keys_;  ///< "" for one that goes
  std::vector<std::string> lost_;            ///< patterns that matched and match nothing now
  std::string allowing_;                     ///< options that say they are meant to be empty
};

}  // namespace

std::string deployment_record(const Facts& facts) {
  const auto uuid = Uuid::parse(key_of(facts, kDeploymentKey).value_or(""));
  return uuid ? uuid->text() : "";
}

std::string authority_record(const Facts& facts) {
  // Anybody who may write to the northbound may have written it, and it is shown to people.
  const auto text = key_of(facts, kAuthorityKey);
  const bool fit = text && text->size() <= kLongest && std::ranges::all_of(*text, [](char letter) {
                     return static_cast<unsigned char>(letter) >= ' ' && letter != '\x7f';
                   });
  return fit ? *text : "";
}

std::map<std::string, std::size_t> include_record(const Facts& facts) {
  std::map<std::string, std::size_t> record;
  const ovsdb::Value* ids = global_ids(facts);
  if (!ids) return record;
  for (const auto& [key, value] : ids->as_string_map()) {
    if (!key.starts_with(kIncludePrefix)) continue;
    std::size_t count = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), count);
    if (error == std::errc{} && end == value.data() + value.size())
      record[key.substr(kIncludePrefix.size())] = count;
  }
  return record;
}

std::vector<std::string> shrunk_includes(const Desired& desired, const Facts& facts) {
  std::vector<std::string> lines;
  for (const auto& [pattern, before] : include_record(facts)) {
    const auto now = desired.includes.find(pattern);
    if (now == desired.includes.end() || now->second == 0 || now->second >= before) continue;
    lines.push_back("include of `" + pattern + "` matches " + count_of(now->second, "file", "files") +
                    ", and " + std::to_string(before) +
                    " when the file was last applied: what the others had goes");
  }
  return lines;
}

void make_deployment(const Context& context, Resources& resources) {
  // Without a central of its own the deployment has no northbound to remember anything in.
  if (!context.desired.cluster.central_ips.empty() || context.placement.centrals.empty()) return;
  resources.push_back(std::make_unique<Deployment>(context));
}

}  // namespace kiln::resources
