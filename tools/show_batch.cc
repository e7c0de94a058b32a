// Draws what a network will see.

#include <algorithm>
#include <filesystem>

#include "framework/command/flags.h"
#include "framework/command/tool.h"
#include "gflags/gflags.h"
#include "tools/experiment_file.h"
#include "tools/section.h"
#include "tools/shown_pictures.h"

DEFINE_string(experiment, "", "The experiment, a text-proto.");
DEFINE_string(section, "train", "Its section: train, eval or test.");
DEFINE_string(data, "", "As that of an experiment.");
DEFINE_string(out, "", "The picture, a .png or .svg.");
DEFINE_int64(examples, 16, "How many, from the first of the epoch on.");
DEFINE_int32(columns, 4,
             "Pictures side by side (default: fewer where they are wide).");
DEFINE_int64(epoch, 0, "The epoch whose order and draws are shown, from 0.");

namespace toque {
namespace {

constexpr char kUsage[] = R"(Draws a contact sheet of what a network will see:

  show_batch --experiment=experiments/cifar_convnet.textproto --data=cifar \
      --out=sheet.png

The pictures are those that a run gets first: in the sampler's order, with the
draws of the experiment's seed, after all transforms of the section. Their
normalisation is undone, and batch transforms (mixup) are left out. The class
stands below each; the views of an example stand side by side. Of a clip the
frames that were picked are drawn as a strip.

  --set='TEXT-PROTO FRAGMENT'
      Changes the experiment; may be given repeatedly.)";

// As many as were asked for; else fewer where they are wider than eight times
// their height together.
int Columns(const Sheet::Picture& picture) {
  if (IsGiven("columns")) {
    return FLAGS_columns;
  }
  const int64_t fitting = 8 * picture.height / picture.width;
  return static_cast<int>(std::clamp<int64_t>(fitting, 1, FLAGS_columns));
}

absl::Status Main(const std::vector<std::string>& changes) {
  if (FLAGS_out.empty()) return Invalid("--out must name a picture");
  RETURN_IF_ERROR(Together({AtLeast("--examples", FLAGS_examples, 1),
                            AtLeast("--columns", FLAGS_columns, 1),
                            AtLeast("--epoch", FLAGS_epoch, 0)}));
  ASSIGN_OR_RETURN(const Experiment experiment,
                   ReadExperiment(FLAGS_experiment, changes));
  const Context context = Context().WithDataFolder(UserPath(FLAGS_data));
  ASSIGN_OR_RETURN(const OpenSection section,
                   OpenSectionOf(experiment, FLAGS_section, context));
  LoaderOptions options = section.options;
  options.epoch = FLAGS_epoch;
  auto pictures = ShownPictures(options, FLAGS_examples, section.info);
  if (!pictures.ok()) return AtPlace(pictures.status(), FLAGS_section);
  Sheet sheet;
  sheet.title =
      absl::StrCat(std::filesystem::path(FLAGS_experiment).stem().string(),
                   ": ", FLAGS_section);
  if (section.training) absl::StrAppend(&sheet.title, ", epoch ", FLAGS_epoch);
  if (!pictures->empty()) sheet.columns = Columns(pictures->front());
  sheet.pictures = *std::move(pictures);
  return DrawSheet(sheet, UserPath(FLAGS_out));
}

}  // namespace
}  // namespace toque

int main(int argc, char** argv) {
  return toque::ToolMainWithChanges(toque::kUsage, argc, argv, toque::Main);
}
