#include "render/saved_plan.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/every_for_test.h"
#include "render/samples_for_test.h"
#include "render/schema_for_test.h"

namespace kiln::render {
namespace {

using nlohmann::json;

SavedPlan saved(Plan plan) {
  return {std::move(plan),
          {3, {"n3"}},
          "site/kiln.toml",
          {{"site/kiln.toml", "[cluster]\nname = \"edge\"\n"}, {"site/n1.toml", "# \xc3\xa9\n"}},
          "2026-11-21T08:00:00Z"};
}

/// One step with every kind of action and condition.
Plan everything() {
  Plan plan = samples::one_host();
  const pki::CertificateShape shape{"a", "b", {"c"}, {"192.0.2.1"}, {pki::Usage::server, pki::Usage::client},
                                    7};
  const Uuid uuid = *Uuid::parse("6a07b5c0-1234-8abc-9def-0123456789ab");
  const ovsdb::Transaction transaction{
      ovsdb::Insert{"T", {{"name", "x"}, {"on", true}, {"n", 7}}, uuid, ""},
      ovsdb::Insert{"T", {}, std::nullopt, "named"},
      ovsdb::Update{
          "T", ovsdb::by_uuid(uuid), {{"set", ovsdb::Value::strings(std::vector<std::string>{"a", "b"})}}},
      ovsdb::Mutate{"T", {}, {{"m", "insert", ovsdb::Value::string_map({{"k", "v"}})}}},
      ovsdb::Delete{"T", ovsdb::by_uuid(uuid)},
      ovsdb::Wait{"T", {}, {"c"}, false, {{{"c", ovsdb::Value(uuid)}}}},
      ovsdb::Comment{"why"}};
  Step& step = plan.steps.front();
  step.actions = {WriteFile{"/f", "two\nlines\n", 0600},
                  RemoveFile{"/f"},
                  UnitAction{"u.service", UnitVerb::reset_failed},
                  DaemonReload{},
                  InstallPackages{{"p"}, {"u.service"}},
                  CreateAuthority{"edge", 3650},
                  WriteTrust{"/ca.pem", "-----BEGIN CERTIFICATE-----\n"},
                  IssueCertificate{"/d", shape, "kiln"},
                  CreateDatabase{Database::northbound, "ssl:192.0.2.1:6643", 4000},
                  AdoptDatabase{Database::southbound, "ssl:192.0.2.1:6644", 4000},
                  JoinDatabase{Database::southbound, "ssl:192.0.2.1:6644", {"ssl:192.0.2.2:6644"}},
                  Transact{Database::open_vswitch, transaction},
                  Appctl{"ovn-controller", {"exit"}},
                  LeaveDatabase{Database::northbound},
                  RetireDatabase{Database::southbound},
                  RecreateDatabase{Database::southbound, "d983a422-37ee-48a3-9aa9-06cd97013f56",
                                   "ssl:192.0.2.1:6644", 4000},
                  KickMember{Database::southbound, "1a2b", "ssl:192.0.2.11:6644"},
                  RemoveCertificate{"/d"},
                  RemoveAddress{"br-phys", "10.0.1.11/24"},
                  HandOver{Database::northbound},
                  Reboot{"9d14d68f"},
                  RemoveKept{}};
  step.gates = {
      {"n1", DatabaseConnected{Database::northbound}, Duration{1}},
      {"n1", UnitActive{"u"}, Duration{2}},
      {"n1", LinkPresent{"br"}, Duration{3}},
      {"n1", ChassisRegistered{"n1", {"192.0.2.1"}, {"geneve", "vxlan"}}, Duration{4}},
      {"n1", NorthdRunning{}, Duration{5}},
      {"n1", CertificateServed{"192.0.2.1", 6641, "x"}, Duration{6}},
      {"n1", PortUp{"p"}, Duration{7}},
      {"n1", PingAnswered{"vm1", "192.0.2.1"}, Duration{8}},
      {"n1", ControllerConnected{}, Duration{9}},
      {"n1", MemberGone{Database::northbound, "ssl:192.0.2.1:6643"}, Duration{10}},
      {"n1", ElectionTimer{Database::southbound, 8000}, Duration{11}},
      {"n1", LinkGone{"br"}, Duration{12}},
      {"n1", MemberFollows{Database::southbound}, Duration{13}},
      {"n1", NorthdActive{{"n2", "n3"}}, Duration{14}},
      {"n1", ChassisGone{"n1"}, Duration{15}},
      {"n1", Rebooted{"9d14d68f"}, Duration{16}},
      {"n1",
       QuorumKept{Database::northbound,
                  {{"n2", "ssl:192.0.2.2:6643", "1a2b", true}, {"", "ssl:192.0.2.3:6643", "", false}},
                  {"ssl:192.0.2.1:6643"},
                  "3c4d",
                  "ssl:192.0.2.3:6643",
                  true},
       Duration{17}},
      {"n1", NoDatabase{Database::southbound, {"n2", "n3"}}, Duration{18}}};
  step.guards = {step.gates.front()};
  EXPECT_EQ(step.actions.size(), std::variant_size_v<Action>);
  EXPECT_EQ(step.gates.size(), std::variant_size_v<Condition>);
  return plan;
}

std::string refusal(const std::string& text) {
  const auto read = read_saved_plan(text);
  return read ? "it was read" : read.error().text();
}

TEST(SavedPlan, is_read_as_it_was_written) {
  for (const Plan& plan :
       {samples::bring_up(), samples::drift(), samples::one_host(), samples::nothing(), everything()}) {
    const SavedPlan written = saved(plan);
    const auto read = read_saved_plan(saved_plan_text(written));
    ASSERT_TRUE(read) << read.error().text();
    EXPECT_EQ(*read, written);
    EXPECT_EQ(schema_problems("schemas/plan.schema.json", json::parse(saved_plan_text(written))), "");
  }
}

TEST(SavedPlan, is_told_from_toml) {
  EXPECT_TRUE(looks_like_saved_plan(saved_plan_text(saved(samples::nothing()))));
  EXPECT_TRUE(looks_like_saved_plan("\n {"));
  EXPECT_FALSE(looks_like_saved_plan("[cluster]\n"));
  EXPECT_FALSE(looks_like_saved_plan(""));
}

TEST(SavedPlan, that_was_cut_anywhere_is_refused) {
  const std::string text = saved_plan_text(saved(everything()));
  for (std::size_t length = 0; length + 2 < text.size(); length += kEvery)
    ASSERT_EQ(refusal(text.substr(0, length)), "it is not a plan: not JSON, or cut") << length;
}

/// Every place of the document.
void places_of(const json& value, const json::json_pointer& at, std::vector<json::json_pointer>& places) {
  if (value.is_object())
    for (const auto& [key, inner] : value.items()) places_of(inner, at / key, places);
  if (value.is_array())
    for (std::size_t i = 0; i < value.size(); ++i) places_of(value[i], at / i, places);
  places.push_back(at);
}

TEST(SavedPlan, with_a_value_of_another_type_is_read_or_refused_with_its_place) {
  const json whole = json::parse(saved_plan_text(saved(everything())));
  std::vector<json::json_pointer> places;
  places_of(whole, json::json_pointer(), places);
  std::size_t refused = 0;
  std::size_t tried = 0;
  for (std::size_t i = 0; i < places.size(); i += kEvery, ++tried)
    for (const json& other : {json(nullptr), json(-1), json("x"), json::array({1}), json::object()}) {
      json edited = whole;
      edited[places[i]] = other;
      const auto read = read_saved_plan(edited.dump());
      if (read) continue;
      ++refused;
      EXPECT_EQ(read.error().code(), ErrorCode::malformed);
    }
  EXPECT_GT(refused, tried);
}

TEST(SavedPlan, without_a_key_says_which) {
  json whole = json::parse(saved_plan_text(saved(samples::one_host())));
  whole["steps"][0].erase("host");
  EXPECT_EQ(refusal(whole.dump()), "it is not a plan: /steps/0/host is missing");
}

TEST(SavedPlan, with_an_action_that_is_not_known_says_where) {
  json whole = json::parse(saved_plan_text(saved(everything())));
  whole["steps"][0]["actions"][2]["verb"] = "explode";
  EXPECT_EQ(refusal(whole.dump()), "it is not a plan: /steps/0/actions/2/verb: `explode` is not known");
}

TEST(SavedPlan, whose_steps_are_out_of_order_is_refused) {
  json whole = json::parse(saved_plan_text(saved(samples::bring_up())));
  std::swap(whole["steps"].front(), whole["steps"].back());
  EXPECT_NE(refusal(whole.dump()).find("which is not before it"), std::string::npos);
  whole = json::parse(saved_plan_text(saved(samples::one_host())));
  whole["steps"].push_back(whole["steps"][0]);
  EXPECT_NE(refusal(whole.dump()).find("a second step"), std::string::npos);
}

TEST(SavedPlan, whose_names_hold_control_characters_is_refused) {
  const json whole = json::parse(saved_plan_text(saved(samples::drift())));
  for (const char* place :
       {"/cluster", "/plan_id", "/revision", "/hosts/silent/0", "/changes/0/host", "/changes/0/span/file",
        "/steps/0/host", "/steps/0/gates/0/host", "/saved/file", "/saved/made_at"})
    for (const char* forged : {"\x1b[2J", "a\nno changes", "\xc2\x9b 2J"}) {
      json edited = whole;
      edited[json::json_pointer(place)] = forged;
      EXPECT_EQ(refusal(edited.dump()), std::string("it is not a plan: ") + place +
                                            ": expected one line without control characters, found " +
                                            json(forged).dump());
    }
}

TEST(SavedPlan, whose_numbers_do_not_fit_is_refused) {
  const json whole = json::parse(saved_plan_text(saved(samples::drift())));
  const auto with = [&](const char* place, const json& value) {
    json edited = whole;
    edited[json::json_pointer(place)] = value;
    return refusal(edited.dump());
  };
  EXPECT_EQ(with("/changes/0/attributes/0/from", 9223372036854775808U),
            "it is not a plan: /changes/0/attributes/0/from: expected a number of 64 bits, found "
            "9223372036854775808");
  EXPECT_EQ(with("/changes/0/span/line", 0),
            "it is not a plan: /changes/0/span/line: expected a line, from 1, found 0");
}

TEST(SavedPlan, that_is_nested_deeply_is_refused) {
  const std::string deep = std::string(100'000, '[') + std::string(100'000, ']');
  EXPECT_EQ(refusal("{\"steps\": " + deep + '}'), "it is not a plan: nested too deeply");
}

TEST(SavedPlan, of_a_later_major_version_is_refused_and_of_a_later_minor_read) {
  json whole = json::parse(saved_plan_text(saved(samples::one_host())));
  whole["format_version"] = "2.0";
  EXPECT_EQ(refusal(whole.dump()), "a plan of format 2.0; this kiln reads 1.x: make the plan anew");
  whole["format_version"] = "1.9";
  whole["new_key"] = 1;
  EXPECT_EQ(refusal(whole.dump()), "it was read");
}

}  // namespace
}  // namespace kiln::render
