// The program of an experiment.

#include "absl/strings/strip.h"
#include "framework/command/command.h"
#include "framework/core/embedded.h"

constexpr char kUsage[] = R"(Runs this experiment. Nothing but the experiment
says what a run does; flags say where.

  --set='TEXT-PROTO FRAGMENT'
      Changes the experiment, e.g. --set='epochs: 3'; may be given repeatedly.)";

int main(int argc, char** argv) {
  toque::Command command = toque::ParseCommand(kUsage, argc, argv);
  const toque::EmbeddedFile experiment = toque::EmbeddedExperiment();
  command.file_name = experiment.name;
  command.text = experiment.text;
  command.name =
      std::string(absl::StripSuffix(command.file_name, ".textproto"));
  return toque::RunCommand(command);
}
