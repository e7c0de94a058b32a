#include "tools/subprocess.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>

namespace toque {

absl::StatusOr<std::unique_ptr<Subprocess>> Subprocess::Start(
    const std::vector<std::string>& arguments, const std::string& output) {
  std::vector<char*> argv;
  for (const std::string& argument : arguments) {
    argv.push_back(const_cast<char*>(argument.c_str()));
  }
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output.c_str(),
                                   O_WRONLY | O_CREAT | O_APPEND, 0644);
  posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
  pid_t pid = 0;
  const int error =
      posix_spawn(&pid, argv[0], &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error == 0) return std::unique_ptr<Subprocess>(new Subprocess(pid));
  return absl::UnavailableError(
      absl::StrCat(arguments[0], ": can't be started: ", std::strerror(error)));
}

Subprocess::~Subprocess() {
  Signal(SIGKILL);
  Wait();
}

bool Subprocess::Running() {
  Reap(WNOHANG);
  return !status_.has_value();
}

void Subprocess::Signal(int signal) {
  if (Running()) kill(pid_, signal);
}

int Subprocess::Wait() {
  Reap(0);
  return *status_;
}

void Subprocess::Reap(int options) {
  if (status_.has_value()) return;
  int status = 0;
  pid_t ended = 0;
  do {
    ended = waitpid(pid_, &status, options);
  } while (ended < 0 && errno == EINTR);
  if (ended == 0) return;
  status_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

absl::Status RunProgram(const std::vector<std::string>& arguments,
                        const std::string& output) {
  ASSIGN_OR_RETURN(const auto program, Subprocess::Start(arguments, output));
  const int status = program->Wait();
  if (status == 0) return absl::OkStatus();
  return absl::UnknownError(absl::StrCat(arguments[0], " ended with status ",
                                         status, "; see ", output));
}

}  // namespace toque
