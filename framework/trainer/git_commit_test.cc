#include "framework/trainer/git_commit.h"

#include <filesystem>
#include <fstream>

#include "framework/testing/testing.h"

namespace toque {
namespace {

constexpr char kOld[] = "1111111111111111111111111111111111111111";
constexpr char kNew[] = "2222222222222222222222222222222222222222";

class GitCommitTest : public testing::Test {
 protected:
  void Write(const std::string& path, const std::string& text) const {
    const std::filesystem::path whole = root_ + "/" + path;
    std::filesystem::create_directories(whole.parent_path());
    std::ofstream(whole) << text << "\n";
  }

  const std::string root_ = TestFolder();
};

TEST_F(GitCommitTest, IsThatOfTheBranchOrOfTheHeadItself) {
  Write(".git/HEAD", "ref: refs/heads/main");
  EXPECT_EQ(GitCommit(root_), "");
  Write(".git/refs/heads/main", kNew);
  EXPECT_EQ(GitCommit(root_), kNew);
  Write(".git/HEAD", kOld);
  EXPECT_EQ(GitCommit(root_), kOld);
}

TEST_F(GitCommitTest, IsFoundAmongPackedReferences) {
  Write(".git/HEAD", "ref: refs/heads/main");
  Write(".git/packed-refs",
        std::string("# pack-refs with: peeled fully-peeled sorted \n") + kOld +
            " refs/heads/main_old\n" + kNew + " refs/heads/main\n^" + kOld);
  EXPECT_EQ(GitCommit(root_), kNew);
  // One that was made since stands before it.
  Write(".git/refs/heads/main", kOld);
  EXPECT_EQ(GitCommit(root_), kOld);
}

TEST_F(GitCommitTest, IsThatOfAWorktreesOwnBranch) {
  Write("main/.git/HEAD", "ref: refs/heads/main");
  Write("main/.git/refs/heads/main", kOld);
  Write("main/.git/refs/heads/side", kNew);
  Write("main/.git/worktrees/side/HEAD", "ref: refs/heads/side");
  Write("main/.git/worktrees/side/commondir", "../..");
  Write("side/.git", "gitdir: " + root_ + "/main/.git/worktrees/side");
  EXPECT_EQ(GitCommit(root_ + "/side"), kNew);
  EXPECT_EQ(GitCommit(root_ + "/main"), kOld);
}

TEST_F(GitCommitTest, IsEmptyWhereThereIsNoCheckout) {
  EXPECT_EQ(GitCommit(root_), "");
}

}  // namespace
}  // namespace toque
