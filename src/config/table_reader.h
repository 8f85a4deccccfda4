#pragma once

#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/decode.h"
#include "model/describe.h"

namespace kiln::config {

/// The visitor of model/describe.h that fills a spec from one table of the file. Call `finish` when all
/// fields were visited: what the table has besides them is unknown.
class TableReader {
 public:
  /// What all readers of a run share.
  struct Run {
    Diags& diags;
    std::vector<Reference>& references;
    std::set<Span>& refused;
  };

  /// `path`: the keys that lead here, "nodes.n1"; empty for the top of the file. Places of keys go to
  /// `places` with `prefix` before them.
  TableReader(const Value& table, std::string path, const Span& self, Run run, Places* places,
              std::string prefix = {});

  void operator()(const Field& field, std::string& member);
  void operator()(const Field& field, bool& member);
  void operator()(const Field& field, int& member);
  void operator()(const Field& field, std::optional<int>& member);
  void operator()(const Field& field, std::vector<std::string>& member);
  void operator()(const Field& field, std::optional<std::string>& member);
  void operator()(const Field& field, SecretReference& member);
  void operator()(const Field& field, Services member);

  template <typename Spec>
  void table(const Field& field, Spec&& spec) {
    inside_.push_back({field.name, &keys_of<std::remove_cvref_t<Spec>>});
    const Entry* entry = take_table(field);
    if (entry) read_table(*entry, join_path(entry->key), prefix_ + entry->key + '.', spec);
  }

  template <typename Spec>
  void map(const Field& field, std::map<std::string, Spec>& specs, const Spec& fresh) {
    const Entry* entry = take_named_tables(field);
    if (!entry) return;
    int order = 0;
    for (const Entry& named : entry->value.entries) {
      const std::string path = join_path(entry->key, named.key);
      // One of this name may be there as a default already.
      const auto known = specs.find(named.key);
      Spec spec = known == specs.end() ? fresh : known->second;
      if constexpr (requires { spec.name; }) spec.name = named.key;
      if constexpr (requires { spec.order; }) spec.order = order++;
      // What is no table is there all the same: others may refer to it.
      if (is_named_table(field, named, path)) read_table(named, path, {}, spec);
      specs.insert_or_assign(named.key, std::move(spec));
    }
  }

  template <typename Spec>
  void array(const Field& field, std::vector<Spec>& specs) {
    const Entry* entry = take(field);
    if (!entry || !is_array_of_tables(*entry)) return;
    for (const Value& item : entry->value.items) {
      Spec spec;
      spec.order = static_cast<int>(specs.size());
      const Entry named{.key = entry->key, .key_span = item.span, .value = item};
      read_table(named, join_path(entry->key), {}, spec);
      specs.push_back(std::move(spec));
    }
  }

  template <typename Spec>
  void defaults(const Field& field, Spec& spec) {
    const Entry* entry = take_table(field);
    if (!entry) return;
    defaults_of_ = field.name;
    read_table(*entry, join_path(entry->key), {}, spec);
    defaults_of_ = {};
  }

  void finish();

 private:
  /// Lists the keys of a table without reading one.
  struct KeyLister {
    std::vector<std::string> keys;
    void operator()(const Field& field, auto&&... /*members*/) { keys.emplace_back(field.name); }
    void table(const Field& field, auto&&... /*spec*/) { keys.emplace_back(field.name); }
    void map(const Field& field, auto&&... /*specs*/) { keys.emplace_back(field.name); }
    void array(const Field& field, auto&&... /*specs*/) { keys.emplace_back(field.name); }
    void defaults(const Field& field, auto&&... /*spec*/) { keys.emplace_back(field.name); }
  };
  template <typename Spec>
  static std::vector<std::string> keys_of() {
    KeyLister lister;
    if constexpr (std::is_default_constructible_v<Spec>) {
      Spec spec;
      describe(lister, spec);
    }
    return lister.keys;
  }
  /// A table that may stand here: who writes `encap-ip` means `encap = { ip = … }`.
  struct Inside {
    std::string_view table;
    std::vector<std::string> (*keys)();
  };

  template <typename Spec>
  void read_table(const Entry& entry, const std::string& path, std::string prefix, Spec& spec) {
    Places* places = places_;
    if constexpr (requires { spec.places; }) {
      places = &spec.places;
      places->self = entry.place();
      prefix.clear();
    }
    TableReader reader(entry.value, path, entry.place(), run_, places, std::move(prefix));
    reader.defaults_of_ = defaults_of_;
    describe(reader, spec);
    reader.finish();
  }

  /// The entry, noted as known and with its place; null where it is not written (an error if required).
  const Entry* take(const Field& field);
  /// The same, if it has this type; else null and an error.
  const Entry* take(const Field& field, Value::Type type);
  const Entry* take_table(const Field& field);
  const Entry* take_named_tables(const Field& field);
  std::string things_have_names(const Field& field) const;
  std::string key_inside(const std::string& key) const;
  bool is_named_table(const Field& field, const Entry& named, const std::string& path);
  bool is_array_of_tables(const Entry& entry);
  /// The text in its normal form, or an error at the value.
  std::optional<std::string> text_of(const Field& field, const Value& value);
  /// All texts of an array, or an error and false.
  bool take_list(const Field& field, const Entry& entry, std::vector<std::string>& member);
  void missing(const Field& field);
  void refuse_as_default(const Field& field, const Entry& entry);
  void wrong_type(const Field& field, const Value& value, std::string_view expected);
  Diag& bad_value(std::string slug, const Span& span, std::string_view key, std::string_view seen,
                  std::string_view expected);

  /// "[nodes.n1]", or "the file" for its top.
  std::string where() const;
  std::string join_path(const std::string& key, const std::string& name = {}) const;

  const Value& table_;
  std::string path_;
  Span self_;
  Run run_;
  Places* places_;
  std::string prefix_;
  std::string_view defaults_of_;  ///< "node": the table holds defaults of nodes
  std::vector<std::string> known_;
  std::vector<Inside> inside_;
};

}  // namespace kiln::config
