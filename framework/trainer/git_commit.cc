#include "framework/trainer/git_commit.h"

#include <filesystem>
#include <fstream>

namespace toque {
namespace {

namespace fs = std::filesystem;

// "" where there is none.
std::string FirstLine(const fs::path& path) {
  std::string line;
  std::getline(std::ifstream(path), line);
  return line;
}

// What follows `prefix` in `line`; "" where that isn't its beginning.
std::string After(const std::string& prefix, const std::string& line) {
  return line.starts_with(prefix) ? line.substr(prefix.size()) : "";
}

// .git is a folder, or in a worktree a file that names it.
fs::path GitFolder(const fs::path& root) {
  const fs::path git = root / ".git";
  std::error_code error;
  if (!fs::is_regular_file(git, error)) return git;
  return root / After("gitdir: ", FirstLine(git));
}

// "git pack-refs" moves references into one file, a line "HASH NAME" each.
std::string PackedReference(const fs::path& path, const std::string& name) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    const size_t space = line.find(' ');
    if (space != line.npos && line.substr(space + 1) == name) {
      return line.substr(0, space);
    }
  }
  return "";
}

}  // namespace

std::string GitCommit(const std::string& root) {
  const fs::path git = GitFolder(root);
  const std::string head = FirstLine(git / "HEAD");
  const std::string name = After("ref: ", head);
  if (name.empty()) return head;
  // Branches belong to all worktrees; "" is the folder itself.
  const fs::path common = git / FirstLine(git / "commondir");
  const std::string commit = FirstLine(common / name);
  return commit.empty() ? PackedReference(common / "packed-refs", name)
                        : commit;
}

}  // namespace toque
