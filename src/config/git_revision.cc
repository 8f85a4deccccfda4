#include "config/git_revision.h"

#include <git2.h>

#include <filesystem>
#include <memory>

namespace kiln::config {
namespace {

/// libgit2 counts how often it is needed.
class Library {
 public:
  Library() { git_libgit2_init(); }
  ~Library() { git_libgit2_shutdown(); }
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;
};

template <auto kFree>
struct Freed {
  template <typename T>
  void operator()(T* object) const {
    kFree(object);
  }
};
using Repository = std::unique_ptr<git_repository, Freed<git_repository_free>>;
using Object = std::unique_ptr<git_object, Freed<git_object_free>>;
using Tree = std::unique_ptr<git_tree, Freed<git_tree_free>>;
using TreeEntry = std::unique_ptr<git_tree_entry, Freed<git_tree_entry_free>>;

/// Is the file in the tree as it is on the disk?
bool is_in(const Tree& tree, git_repository* repository, const std::string& file) {
  const char* folder = git_repository_workdir(repository);
  std::error_code error;
  const auto real = std::filesystem::canonical(file, error);
  if (error || !folder) return false;
  const auto root = std::filesystem::canonical(folder, error);
  if (error) return false;
  const std::string inside = real.lexically_relative(root).string();
  git_tree_entry* found = nullptr;
  if (inside.empty() || inside.starts_with("..") ||
      git_tree_entry_bypath(&found, tree.get(), inside.c_str()) != 0)
    return false;
  const TreeEntry entry(found);
  git_oid now{};  // with the filters of .gitattributes, as git sees it
  if (git_repository_hashfile(&now, repository, real.c_str(), GIT_OBJECT_BLOB, nullptr) != 0) return false;
  return git_oid_equal(&now, git_tree_entry_id(entry.get())) != 0;
}

std::string short_id(const Object& object) {
  git_buf buffer{};
  std::string text;
  if (git_object_short_id(&buffer, object.get()) == 0) text.assign(buffer.ptr, buffer.size);
  git_buf_dispose(&buffer);
  return text;
}

}  // namespace

std::string git_revision(const std::vector<std::string>& files) {
  if (files.empty()) return {};
  std::error_code error;
  const auto real = std::filesystem::canonical(files.front(), error);
  if (error) return {};
  const Library library;
  git_repository* opened = nullptr;
  if (git_repository_open_ext(&opened, real.parent_path().c_str(), 0, nullptr) != 0) return {};
  const Repository repository(opened);
  git_object* head = nullptr;
  if (git_revparse_single(&head, opened, "HEAD^{commit}") != 0) return {};
  const Object commit(head);
  git_tree* root = nullptr;
  if (git_commit_tree(&root, reinterpret_cast<const git_commit*>(head)) != 0) return {};
  const Tree tree(root);
  std::string revision = short_id(commit);
  for (const std::string& file : files)
    if (!is_in(tree, opened, file)) return revision + "-dirty";
  return revision;
}

}  // namespace kiln::config
