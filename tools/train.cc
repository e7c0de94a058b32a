// Runs the experiment in a file, with every plugin of the tree and others that
// are loaded.

#include <filesystem>

#include "absl/strings/str_split.h"
#include "framework/command/command.h"
#include "framework/command/flags.h"
#include "framework/command/plugin_file.h"
#include "framework/command/tool.h"
#include "framework/config/text_file.h"
#include "framework/guarded.h"
#include "gflags/gflags.h"

DEFINE_string(experiment, "",
              "The experiment, a text-proto; may be left out with --run_dir "
              "and --resume.");
DEFINE_string(load, "",
              "Shared objects of further plugins, separated by commas.");

namespace toque {
namespace {

constexpr char kUsage[] = R"(Runs the experiment in a file. Nothing but the
experiment says what a run does; flags say where.

  --set='TEXT-PROTO FRAGMENT'
      Changes the experiment, e.g. --set='epochs: 3'; may be given repeatedly.)";

absl::Status Complete(Command* command) {
  for (const auto path : absl::StrSplit(FLAGS_load, ',', absl::SkipEmpty())) {
    RETURN_IF_ERROR(LoadPlugin(UserPath(std::string(path))));
  }
  const bool resumes = command->resume || !command->resume_from.empty();
  if (FLAGS_experiment.empty()) {
    if (resumes && !command->run_dir.empty()) return absl::OkStatus();
    return Invalid("--experiment must name a text-proto");
  }
  command->file_name = FLAGS_experiment;
  command->name = std::filesystem::path(FLAGS_experiment).stem();
  ASSIGN_OR_RETURN(command->text, ReadTextFile(UserPath(FLAGS_experiment)));
  return absl::OkStatus();
}

}  // namespace
}  // namespace toque

int main(int argc, char** argv) {
  toque::Command command = toque::ParseCommand(toque::kUsage, argc, argv);
  const int status = toque::ExitStatus(
      toque::Guarded([&command] { return toque::Complete(&command); }));
  return status == 0 ? toque::RunCommand(command) : status;
}
