// The commit of a checkout, without git.

#ifndef TOQUE_FRAMEWORK_TRAINER_GIT_COMMIT_H_
#define TOQUE_FRAMEWORK_TRAINER_GIT_COMMIT_H_

#include <string>

namespace toque {

// The hash that is checked out in the folder `root`, a work tree of git or one
// added by "git worktree"; "" where it is none or has no commit yet.
std::string GitCommit(const std::string& root);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_TRAINER_GIT_COMMIT_H_
