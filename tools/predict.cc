// What a model says of pictures.

#include <iostream>

#include "absl/strings/str_format.h"
#include "framework/command/flags.h"
#include "framework/command/tool.h"
#include "framework/core/option_checks.h"
#include "framework/plot/plot.h"
#include "gflags/gflags.h"
#include "tools/classify.h"
#include "tools/picture_files.h"
#include "tools/shown_pictures.h"
#include "tools/trained_model.h"

DEFINE_int64(top, 5, "How many classes of each picture.");
DEFINE_bool(json, false, "Prints JSON.");
DEFINE_string(out, "", "A contact sheet, .png or .svg, that is drawn.");
DEFINE_int32(columns, 4, "Pictures side by side on the sheet.");

namespace toque {
namespace {

constexpr char kUsage[] = R"(Prints the likeliest classes of pictures:

  predict --run_dir=runs/clothing_finetune/2026-01-31_12-00-00 photo.jpg photos/

Pictures are files, and folders with all pictures in them. One that is broken is
named on stderr, and the exit status is 1 then.

)";

std::string Percent(double probability) {
  return absl::StrFormat("%.1f %%", 100 * probability);
}

void PrintText(const std::vector<Classified>& classified,
               const TrainedModel& trained) {
  for (const Classified& one : classified) {
    std::cout << one.name << "\n";
    for (const auto& [label, probability] : one.guesses) {
      std::cout << absl::StreamFormat("  %7s  %s\n", Percent(probability),
                                      trained.ClassName(label));
    }
  }
}

absl::Status DrawClassified(const std::vector<Classified>& classified,
                            const TrainedModel& trained,
                            const Dataset& dataset) {
  Sheet sheet;
  sheet.columns = FLAGS_columns;
  for (const Classified& one : classified) {
    ASSIGN_OR_RETURN(const LoaderOptions options,
                     trained.LoaderOf(dataset, one.index, one.index + 1));
    ASSIGN_OR_RETURN(auto pictures, ShownPictures(options, 1, DatasetInfo()));
    const Guess& guess = one.guesses.front();
    pictures.front().name = absl::StrCat(trained.ClassName(guess.label), " ",
                                         Percent(guess.probability));
    sheet.pictures.push_back(std::move(pictures.front()));
  }
  return DrawSheet(sheet, UserPath(FLAGS_out));
}

absl::Status Main(const std::vector<std::string>& changes,
                  const std::vector<std::string>& paths) {
  RETURN_IF_ERROR(Together({AtLeast("--top", FLAGS_top, 1),
                            AtLeast("--columns", FLAGS_columns, 1)}));
  if (!FLAGS_out.empty() && !FLAGS_out.ends_with(".png") &&
      !FLAGS_out.ends_with(".svg")) {
    return Invalid("--out must end in .png or .svg", FLAGS_out);
  }
  ASSIGN_OR_RETURN(const auto dataset, PictureFilesAt(paths));
  ASSIGN_OR_RETURN(const TrainedModel trained, TrainedModelOfFlags(changes));
  ASSIGN_OR_RETURN(const auto classified,
                   Classify(trained, *dataset, FLAGS_top));
  if (FLAGS_json) {
    std::cout << ClassifiedJson(classified, trained) << "\n";
  } else {
    PrintText(classified, trained);
  }
  if (!FLAGS_out.empty()) {
    RETURN_IF_ERROR(DrawClassified(classified, trained, *dataset));
  }
  const auto broken = dataset->size() - static_cast<int64_t>(classified.size());
  if (broken == 0) return absl::OkStatus();
  return absl::DataLossError(
      absl::StrCat(broken, " of ", dataset->size(), " pictures are broken"));
}

}  // namespace
}  // namespace toque

int main(int argc, char** argv) {
  const auto changes = toque::TakeRepeatedFlag("set", &argc, argv);
  const std::string usage =
      absl::StrCat(toque::kUsage, toque::View(toque::TrainedModelUsage()));
  return toque::ToolMain(usage, argc, argv, [&changes](const auto& words) {
    return toque::Main(changes, words);
  });
}
