#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <random>
#include <regex>

#include "base/text.h"
#include "config/load.h"

/// Valid files, changed at one place as a person would by mistake: does an error point at that place?
///
/// A mutation counts as hit if the place of an error, or of a note of one, holds all the changed characters.
/// Where something was deleted there is nothing to hold: then the place is the table's header, or on the line
/// of the deletion or the one after it. A mutation that leaves the file valid is not counted, if its kind may
/// do that: a key that has a default may be deleted, two values may be swapped. It is told by `load` having
/// no error. A kind that makes every file wrong counts as missed there.

namespace kiln::render::diag_mutation_test {
namespace {

constexpr int kMutations = 200;
constexpr int kWantedPercent = 95;

class OneFile : public FileIo {
 public:
  explicit OneFile(std::string text) : text_(std::move(text)) {}
  Result<std::string> read(const std::string& /*path*/) const override { return text_; }
  Result<> write(const std::string&, const std::string&, unsigned) override { return {}; }

 private:
  std::string text_;
};

/// A piece of a line.
struct Piece {
  int line = 0;  ///< from 1
  int start = 0;
  int length = 0;
};

/// `key = value`, or a word of a header, which has no value.
struct Item {
  std::string key;
  Piece key_piece;
  Piece value;
  bool has_value = false;
};

/// One file, as lines, with what can be mutated in it.
class Original {
 public:
  explicit Original(const std::string& text) : lines_(split(text, '\n')) {
    for (std::size_t i = 0; i < lines_.size(); ++i) read_line(static_cast<int>(i) + 1);
  }

  const std::vector<Item>& items() const { return items_; }
  std::string text_of(const Piece& piece) const {
    return line(piece.line)
        .substr(static_cast<std::size_t>(piece.start), static_cast<std::size_t>(piece.length));
  }
  const std::string& line(int number) const { return lines_[static_cast<std::size_t>(number - 1)]; }
  std::string whole() const { return join(lines_, "\n"); }
  /// The line of the header above, or 1.
  int header_of(int number) const {
    while (number > 1 && !line(number).starts_with('[')) --number;
    return number;
  }
  std::string with(const Piece& piece, const std::string& replacement) const {
    std::vector<std::string> lines = lines_;
    lines[static_cast<std::size_t>(piece.line - 1)].replace(
        static_cast<std::size_t>(piece.start), static_cast<std::size_t>(piece.length), replacement);
    return join(lines, "\n");
  }

 private:
  void read_line(int number) {
    static const std::regex kItem(R"re(([a-z][a-z-]*)\s*=\s*("[^"]*"|-?[0-9]+|true|false|\[[^\]]*\])?)re");
    static const std::regex kWord(R"re([A-Za-z0-9-]+)re");
    std::string text = line(number);
    bool quoted = false;
    for (std::size_t at = 0; at < text.size(); ++at) {
      if (text[at] == '"') quoted = !quoted;
      if (text[at] == '#' && !quoted) text.resize(at);
    }
    const bool header = text.starts_with('[');
    for (std::sregex_iterator found(text.begin(), text.end(), header ? kWord : kItem), end; found != end;
         ++found) {
      const std::smatch& match = *found;
      Item item;
      item.key = header ? match.str() : match.str(1);
      const auto position = header ? match.position() : match.position(1);
      item.key_piece = {number, static_cast<int>(position), static_cast<int>(item.key.size())};
      if (!header && match[2].matched) {
        item.value = {number, static_cast<int>(match.position(2)), static_cast<int>(match.length(2))};
        item.has_value = true;
      }
      items_.push_back(item);
    }
  }

  std::vector<std::string> lines_;
  std::vector<Item> items_;
};

struct Mutation {
  std::string kind;
  std::string text;            ///< of the whole file
  std::vector<Piece> changed;  ///< where it is now; of length 0 for a deletion
  int header = 0;              ///< of a deletion: the line of the table's header
  bool may_be_valid = false;
};

class Mutator {
 public:
  Mutator(const Original& original, unsigned seed) : original_(original), random_(seed) {}

  /// Nothing where the choice fell on what this kind cannot change.
  std::optional<Mutation> make() {
    switch (random_() % 8) {
      case 0:
        return typo();
      case 1:
        return wrong_type();
      case 2:
        return out_of_range();
      case 3:
        return broken_reference();
      case 4:
        return bad_address();
      case 5:
        return deletion();
      case 6:
        return swap();
      default:
        return punctuation();
    }
  }

 private:
  const Item& any() { return original_.items()[random_() % original_.items().size()]; }
  std::string value_of(const Item& item) const { return item.has_value ? original_.text_of(item.value) : ""; }

  Mutation replaced(std::string kind, const Piece& piece, const std::string& replacement) const {
    return {std::move(kind),
            original_.with(piece, replacement),
            {{piece.line, piece.start, static_cast<int>(replacement.size())}},
            original_.header_of(piece.line),
            false};
  }

  /// Of a key; of a name in a header too, which nothing may refer to.
  std::optional<Mutation> typo() {
    const Item& item = any();
    std::string key = item.key;
    const std::size_t at = random_() % key.size();
    const char letter = static_cast<char>('a' + static_cast<int>(random_() % 26));
    if (random_() % 2 == 0)
      key.insert(at, 1, letter);
    else
      key[at] = letter;
    if (key == item.key) return std::nullopt;
    Mutation made = replaced("typo", item.key_piece, key);
    made.may_be_valid = original_.line(item.key_piece.line).starts_with('[');
    return made;
  }

  std::optional<Mutation> wrong_type() {
    const Item& item = any();
    if (!item.has_value) return std::nullopt;
    return replaced("wrong type", item.value, value_of(item).starts_with('"') ? "7" : "\"seven\"");
  }

  std::optional<Mutation> out_of_range() {
    const Item& item = any();
    const std::string value = value_of(item);
    if (value.empty() || value.find_first_not_of("0123456789") != std::string::npos) return std::nullopt;
    return replaced("out of range", item.value, random_() % 2 == 0 ? "-1" : "4000000000");
  }

  std::optional<Mutation> broken_reference() {
    const Item& item = any();
    if (value_of(item).size() < 3 || value_of(item).front() != '"') return std::nullopt;
    const bool port = item.key == "port" && value_of(item).find('/') != std::string::npos;
    if (!port && item.key != "node" && item.key != "from" && item.key != "to") return std::nullopt;
    std::string value = value_of(item);
    value.insert(value.size() - 1, "zz");
    return replaced("broken reference", item.value, value);
  }

  std::optional<Mutation> bad_address() {
    const Item& item = any();
    const std::string value = value_of(item);
    const std::size_t dot = value.find('.');
    if ((item.key != "address" && item.key != "ip" && item.key != "addresses") || dot == std::string::npos)
      return std::nullopt;
    const Piece octet{item.value.line, item.value.start + static_cast<int>(dot) + 1, 1};
    return replaced("bad address", octet, "999");
  }

  std::optional<Mutation> deletion() {
    const Item& item = any();
    const int number = item.key_piece.line;
    const bool whole_line = random_() % 2 == 0;
    Piece gone{number, 0, static_cast<int>(original_.line(number).size())};
    if (!whole_line) gone = {number, item.key_piece.start, 1 + static_cast<int>(random_() % item.key.size())};
    Mutation made = replaced(whole_line ? "deleted line" : "deleted characters", gone, "");
    made.may_be_valid = whole_line || original_.line(number).starts_with('[');
    return made;
  }

  /// The values of one key in two tables.
  std::optional<Mutation> swap() {
    const Item& one = any();
    std::vector<const Item*> others;
    for (const Item& item : original_.items())
      if (one.has_value && item.has_value && item.key == one.key && item.value.line > one.value.line &&
          value_of(item) != value_of(one))
        others.push_back(&item);
    if (others.empty()) return std::nullopt;
    const Item& other = *others[random_() % others.size()];
    const Original half(original_.with(other.value, value_of(one)));
    Mutation made;
    made.kind = "swap";
    made.text = half.with(one.value, value_of(other));
    made.may_be_valid = true;
    made.changed = {{one.value.line, one.value.start, other.value.length},
                    {other.value.line, other.value.start, one.value.length}};
    return made;
  }

  std::optional<Mutation> punctuation() {
    const int number = any().key_piece.line;
    const std::string& line = original_.line(number).substr(0, original_.line(number).find(" #"));
    std::vector<int> places;
    for (std::size_t at = 0; at < line.size(); ++at)
      if (std::string_view("=\"[]{},").find(line[at]) != std::string_view::npos)
        places.push_back(static_cast<int>(at));
    if (places.empty()) return std::nullopt;
    Mutation made = replaced("deleted punctuation", {number, places[random_() % places.size()], 1}, "");
    made.may_be_valid = line.starts_with("[[");  // an array of tables becomes something else
    return made;
  }

  const Original& original_;
  std::mt19937 random_;
};

bool holds(const Span& span, const Piece& piece) {
  if (!span.known()) return false;
  const auto start = std::pair(piece.line, piece.start + 1);
  const auto end = std::pair(piece.line, piece.start + 1 + piece.length);
  return std::pair(span.line, span.column) <= start && end <= std::pair(span.end_line, span.end_column);
}

bool hits(const Span& span, const Mutation& mutation) {
  return std::ranges::any_of(mutation.changed, [&](const Piece& piece) {
    if (piece.length > 0) return holds(span, piece);
    return span.known() &&
           (span.line == mutation.header || (span.line <= piece.line + 1 && span.end_line >= piece.line));
  });
}

bool hits(const Diags& diags, const Mutation& mutation) {
  return std::ranges::any_of(diags.all(), [&](const Diag& diag) {
    return diag.severity == Severity::error &&
           (hits(diag.span, mutation) ||
            std::ranges::any_of(diag.notes, [&](const Note& note) { return hits(note.span, mutation); }));
  });
}

/// A file in which every kind of thing is, many times.
std::string large_file() {
  std::string text =
      "[cluster]\nname = \"large\"\n\n[ssh]\nuser = \"ops\"\nbecome = \"sudo\"\nport = "
      "2222\n\n[packages]\nsource = "
      "\"none\"\n\n[central]\ncount = 5\nelection-timer-ms = 4000\n\n[safety]\nmax-delete = 10\n\n[ca]\nmode "
      "= "
      "\"self-signed\"\npassphrase = { env = \"KILN_CA_PASSPHRASE\" }\nleaf-lifetime-days = 90\n\n";
  for (int i = 1; i <= 40; ++i) {
    const std::string n = std::to_string(i);
    text += "[nodes.n" + n + "]\naddress = \"192.0.2." + n + "\"\nzone = \"rack" + std::to_string(i % 4) +
            "\"\nencap = { ip = \"10.0.1." + n + "\" }\nssh = { port = 22 }\n\n[nodes.n" + n +
            ".bridges.br-phys]\nport = \"eth1\"\naddress = \"10.0.1." + n + "/24\"\n\n";
  }
  for (int i = 1; i <= 80; ++i) {
    const std::string n = std::to_string(i);
    const std::string mac = "02:00:00:00:00:" + std::to_string(10 + i);
    text += "[switches.ls" + std::to_string(i % 3) + ".ports.vm" + n + "]\naddresses = [\"" + mac +
            " 10.9.0." + n + "\"]\nport-security = true\n\n[workloads.vm" + n + "]\nnode = \"n" +
            std::to_string(i % 40 + 1) + "\"\nport = \"ls" + std::to_string(i % 3) + "/vm" + n +
            "\"\nip = \"10.9.0." + n + "/16\"\n\n";
  }
  for (int i = 1; i <= 30; ++i)
    text += "[[checks]]\nping = { from = \"vm" + std::to_string(i) + "\", to = \"vm" + std::to_string(i + 3) +
            "\" }\n\n";
  return text;
}

std::vector<Original> originals() {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(KILN_SOURCE_DIR "/examples"))
    if (entry.path().extension() == ".toml") paths.push_back(entry.path());
  std::ranges::sort(paths);
  std::vector<Original> files{Original(large_file())};
  for (const auto& path : paths) {
    std::ifstream file(path, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    if (text.find("\ninclude") == std::string::npos) files.emplace_back(text);
  }
  return files;
}

struct Tally {
  int hit = 0;
  int counted = 0;
  int valid = 0;
};

}  // namespace

TEST(Mutations, an_error_points_at_what_was_changed) {
  const std::vector<Original> files = originals();
  for (const Original& file : files)
    ASSERT_FALSE(config::load("/nowhere/kiln.toml", OneFile(file.whole())).diags.has_errors())
        << file.whole();
  Tally all;
  std::map<std::string, Tally> kinds;
  std::string missed;
  for (unsigned seed = 1; all.counted < kMutations; ++seed) {
    const Original& file = files[seed % files.size()];
    const auto mutation = Mutator(file, seed).make();
    if (!mutation || mutation->text == file.whole()) continue;
    const config::Loaded loaded = config::load("/nowhere/kiln.toml", OneFile(mutation->text));
    Tally& kind = kinds[mutation->kind];
    if (!loaded.diags.has_errors() && mutation->may_be_valid) {
      ++kind.valid, ++all.valid;
      continue;
    }
    const bool hit = hits(loaded.diags, *mutation);
    kind.hit += hit, all.hit += hit;
    ++kind.counted, ++all.counted;
    if (hit) continue;
    const int line = mutation->changed.front().line;
    missed += "seed " + std::to_string(seed) + ", " + mutation->kind + ", line " + std::to_string(line) +
              ": " + file.line(line) + " → " + Original(mutation->text).line(line) + "\n";
    for (const Diag& diag : loaded.diags.all())
      missed += "    " + std::to_string(diag.span.line) + ':' + std::to_string(diag.span.column) + ' ' +
                diag.message + '\n';
  }
  std::string figures;
  for (const auto& [kind, tally] : kinds)
    figures += "  " + kind + ": " + std::to_string(tally.hit) + " of " + std::to_string(tally.counted) +
               ", and " + std::to_string(tally.valid) + " left the file valid\n";
  std::cout << "an error points at the change in " << all.hit << " of " << all.counted << " mutations\n"
            << figures;
  EXPECT_GE(all.hit * 100, all.counted * kWantedPercent) << missed;
  if (!missed.empty()) std::cout << "missed:\n" << missed;
}

}  // namespace kiln::render::diag_mutation_test
