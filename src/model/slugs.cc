#include "model/slugs.h"

#include <algorithm>

namespace kiln {
namespace {

std::vector<SlugPage> all_pages() {
  std::vector<SlugPage> pages;
  for (const auto& part : {slugs_of_text(), slugs_of_nodes(), slugs_of_ports(), slugs_of_hosts()})
    pages.insert(pages.end(), part.begin(), part.end());
  std::ranges::sort(pages, {}, &SlugPage::slug);
  return pages;
}

}  // namespace

const std::vector<SlugPage>& slug_pages() {
  static const std::vector<SlugPage> pages = all_pages();
  return pages;
}

const SlugPage* find_slug(std::string_view slug) {
  const auto found = std::ranges::lower_bound(slug_pages(), slug, {}, &SlugPage::slug);
  return found == slug_pages().end() || found->slug != slug ? nullptr : &*found;
}

}  // namespace kiln
