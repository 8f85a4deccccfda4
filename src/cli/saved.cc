#include "cli/saved.h"

#include <fmt/format.h>
#include <fnmatch.h>

#include "config/load.h"

namespace kiln::cli {
namespace {

/// The texts in a saved plan, for whoever reads files.
class SavedSources : public FileIo {
 public:
  explicit SavedSources(const std::map<std::string, std::string>& sources) : sources_(sources) {}

  Result<std::string> read(const std::string& path) const override {
    const auto found = sources_.find(path);
    if (found == sources_.end()) return fail(ErrorCode::not_found, path + " is not in the saved plan");
    return found->second;
  }
  Result<> write(const std::string& path, const std::string&, unsigned) override {
    return fail(ErrorCode::denied, path + ": a saved plan is not written to");
  }
  std::vector<std::string> match(const std::string& pattern) const override {
    std::vector<std::string> paths;
    for (const auto& [path, text] : sources_)
      if (::fnmatch(pattern.c_str(), path.c_str(), FNM_PATHNAME | FNM_PERIOD) == 0) paths.push_back(path);
    return paths;
  }

 private:
  const std::map<std::string, std::string>& sources_;
};

}  // namespace

bool is_saved_plan(const std::string& path, const World& world) {
  const Result<std::string> text = world.files.read(path);
  return text && render::looks_like_saved_plan(*text);
}

std::optional<render::SavedPlan> load_saved(const std::string& path, World& world, Screen& screen) {
  const Result<std::string> text = world.files.read(path);
  if (!text) {
    screen.error(text.error().text(), "");
    return std::nullopt;
  }
  Result<render::SavedPlan> saved = render::read_saved_plan(*text);
  if (saved) return std::move(*saved);
  screen.error(path + ": " + saved.error().text(), "`kiln plan -o FILE` saves one");
  return std::nullopt;
}

std::optional<Wanted> wanted_of(const render::SavedPlan& saved, Screen& screen) {
  config::Loaded loaded = config::load(saved.file, SavedSources(saved.sources));
  if (loaded.diags.has_errors() || !loaded.desired) {
    screen.findings(loaded.diags, loaded.sources);
    return std::nullopt;
  }
  return Wanted{std::move(*loaded.desired), std::move(loaded.sources)};
}

bool save_plan(const std::string& path, const render::SavedPlan& saved, World& world, Screen& screen) {
  const Result<> written = world.files.write(path, render::saved_plan_text(saved), 0600);
  if (!written) {
    screen.error(written.error().text(), "the plan was not saved");
    return false;
  }
  screen.talk(fmt::format(
      "saved to {0}: `kiln show {0}` shows it, `kiln apply {0}` does it and nothing else\n", path));
  return true;
}

}  // namespace kiln::cli
