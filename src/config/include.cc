#include "config/include.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/text.h"
#include "config/format.h"
#include "config/merge.h"
#include "config/paths.h"
#include "config/read.h"

namespace kiln::config {
namespace {

constexpr std::string_view kWildcards = "*?[";

class Includer {
 public:
  Includer(const FileIo& files, Diags& diags) : files_(files), diags_(diags) {}

  /// `from`: where the file is included, unknown for the first one.
  void add(const std::string& path, const Span& from) {
    const auto open = std::ranges::find(chain_, path, &Link::file);
    if (open != chain_.end()) return refuse_cycle(path, from);
    if (std::ranges::find(document_.files, path) != document_.files.end()) return;
    auto text = files_.read(path);
    if (!text) {
      complete_ = false;
      Diag& diag = diags_.error("file-unreadable", from, text.error().text());
      if (chain_.empty() && text.error().code() == ErrorCode::not_found)
        diag.help = "`kiln init` writes a file to begin with";
      return;
    }
    *text = std::string(without_bom(*text));
    document_.files.push_back(path);
    std::string& source = document_.sources[path] = std::move(*text);
    std::optional<Value> root = read(path, source, diags_);
    if (!root) {
      complete_ = false;
      return;
    }
    const std::vector<Value> patterns = take_include(*root);
    if (!expand_ranges(*root, document_.ranges, diags_)) complete_ = false;
    if (document_.root)
      merge(*document_.root, std::move(*root), diags_);
    else
      document_.root = std::move(root);
    chain_.push_back({path, from});
    for (const Value& pattern : patterns) follow(pattern, path);
    chain_.pop_back();
  }

  Document finish() {
    if (!complete_) document_.root.reset();
    return std::move(document_);
  }

 private:
  struct Link {
    std::string file;
    Span from;
  };

  /// The strings of `include`, which then is gone from the tree.
  std::vector<Value> take_include(Value& root) {
    const Entry* entry = root.find("include");
    if (!entry) return {};
    const Value value = entry->value;
    std::erase_if(root.entries, [](const Entry& other) { return other.key == "include"; });
    const bool fits =
        value.is(Value::Type::array) && std::ranges::all_of(value.items, [](const Value& item) {
          return item.is(Value::Type::string) && normal_text(Format::text, item.text).has_value();
        });
    if (fits) return value.items;
    complete_ = false;
    diags_
        .error("wrong-type", value.span,
               fmt::format("`include` is {}; an array of paths is expected",
                           value.is(Value::Type::array) ? "an array with other things than paths"
                                                        : name_of(value.type)))
        .help = "for example: include = [\"nodes/*.toml\"]";
    return {};
  }

  void follow(const Value& pattern, const std::string& in_file) {
    const std::string path = beside(pattern.text, in_file);
    if (path.find_first_of(kWildcards) == std::string::npos) return add(path, pattern.span);
    const std::vector<std::string> found = files_.match(path);
    document_.includes[normal_pattern(pattern.text)] += found.size();
    if (found.empty())
      diags_.warning("include-nothing", pattern.span,
                     fmt::format("{} matches no file", in_backticks(pattern.text)));
    for (const std::string& file : found) add(file, pattern.span);
  }

  void refuse_cycle(const std::string& path, const Span& from) {
    complete_ = false;
    Diag& diag = diags_.error("include-cycle", from, fmt::format("{} includes itself", in_backticks(path)));
    const auto start = std::ranges::find(chain_, path, &Link::file);
    for (auto link = start + 1; link < chain_.end(); ++link)
      diag.notes.push_back(
          {.text = fmt::format("it includes {} here", in_backticks(link->file)), .span = link->from});
    diag.help = "include each file from one place only";
  }

  const FileIo& files_;
  Diags& diags_;
  Document document_;
  std::vector<Link> chain_;  ///< files being read, outermost first
  bool complete_ = true;
};

}  // namespace

std::string normal_pattern(const std::string& pattern) {
  return std::filesystem::path(pattern).lexically_normal().string();
}

Document read_document(const std::string& path, const FileIo& files, Diags& diags) {
  Includer includer(files, diags);
  includer.add(path, {});
  return includer.finish();
}

}  // namespace kiln::config
