#include "framework/plot/gnuplot.h"

#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "absl/strings/ascii.h"

namespace toque {
namespace {

// A file in memory that a program reads or writes as one of its streams. Unlike
// a pipe it takes any amount without somebody at the other end.
class Stream {
 public:
  Stream() : file_(memfd_create("gnuplot", MFD_CLOEXEC)) {}
  ~Stream() {
    if (file_ >= 0) close(file_);
  }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  int file() const { return file_; }

  // Puts `text` where it will be read from its beginning.
  bool Fill(std::string_view text) {
    while (!text.empty()) {
      const ssize_t count = write(file_, text.data(), text.size());
      if (count < 0) return false;
      text.remove_prefix(static_cast<size_t>(count));
    }
    return lseek(file_, 0, SEEK_SET) == 0;
  }

  std::string Contents() const {
    std::string text;
    char buffer[1 << 14];
    ssize_t count = 0;
    while ((count = pread(file_, buffer, sizeof(buffer),
                          static_cast<off_t>(text.size()))) > 0) {
      text.append(buffer, static_cast<size_t>(count));
    }
    return text;
  }

 private:
  const int file_;
};

// Starts gnuplot without the user's own settings; 0 or an error number.
int Start(const Stream& in, const Stream& out, const Stream& err, pid_t* pid) {
  char name[] = "gnuplot";
  char no_settings[] = "-d";
  char* const argv[] = {name, no_settings, nullptr};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in.file(), STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out.file(), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, err.file(), STDERR_FILENO);
  const int error = posix_spawnp(pid, name, &actions, nullptr, argv, environ);
  posix_spawn_file_actions_destroy(&actions);
  return error;
}

absl::Status NotStarted(int error) {
  if (error == ENOENT) {
    return absl::FailedPreconditionError(
        "gnuplot, which draws pictures, must be installed (Debian package "
        "gnuplot-nox) and found by PATH");
  }
  return absl::UnavailableError(
      absl::StrCat("gnuplot can't be started: ", std::strerror(error)));
}

}  // namespace

absl::StatusOr<std::string> RunGnuplot(const std::string& script) {
  Stream in, out, err;
  if (!in.Fill(script)) return NotStarted(errno);
  pid_t pid = 0;
  if (const int error = Start(in, out, err, &pid); error != 0) {
    return NotStarted(error);
  }
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return out.Contents();
  std::string complaint = err.Contents();
  absl::RemoveExtraAsciiWhitespace(&complaint);
  return absl::InternalError(absl::StrCat("gnuplot failed: ", complaint));
}

}  // namespace toque
