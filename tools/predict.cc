// What a model says of pictures or clips.

#include <iostream>
#include <optional>

#include "absl/strings/str_format.h"
#include "framework/command/flags.h"
#include "framework/command/tool.h"
#include "framework/core/option_checks.h"
#include "framework/plot/plot.h"
#include "gflags/gflags.h"
#include "tools/classify.h"
#include "tools/clip_files.h"
#include "tools/picture_files.h"
#include "tools/shown_pictures.h"
#include "tools/trained_model.h"

DEFINE_int64(top, 5, "How many classes of each picture or clip.");
DEFINE_bool(json, false, "Prints JSON.");
DEFINE_string(out, "", "A contact sheet, .png or .svg, that is drawn.");
DEFINE_int32(columns, 4, "Pictures or clips side by side on the sheet.");
DEFINE_string(sampler, "",
              "Has the model look at clips, of which this picks the frames: a "
              "sampler, as a plugin's text.");

DECLARE_string(data);

namespace toque {
namespace {

constexpr char kUsage[] = R"(Prints the likeliest classes of pictures or clips:

  predict --run_dir=runs/clothing_finetune/2026-01-31_12-00-00 photo.jpg photos/
  predict --run_dir=runs/ucf101_tsn/2026-01-31_12-00-00 --split=test clip.avi

Pictures are files, and folders with all pictures in them. So are clips, which
are wanted where the data set of the run's "eval" (or --split) has a sampler of
frames; they are looked at as there, or as --sampler says. One that is broken is
named on stderr, and the exit status is 1 then.

)";

// Frames of a clip that are drawn.
constexpr size_t kShownFrames = 4;

std::string Percent(double probability) {
  return absl::StrFormat("%.1f %%", 100 * probability);
}

// What the command line names.
struct Subjects {
  std::unique_ptr<Dataset> dataset;
  std::string kind;  // "picture" or "clip"
};

// How the model looks at clips; nothing where it looks at pictures.
absl::StatusOr<std::optional<ClipOptions>> ClipOptionsFor(
    const TrainedModel& trained) {
  std::optional<ClipOptions> clips;
  if (trained.evaluation && trained.evaluation->has_dataset()) {
    ASSIGN_OR_RETURN(clips, ClipOptionsOf(trained.evaluation->dataset()));
  }
  if (FLAGS_sampler.empty()) return clips;
  if (!clips) clips.emplace();
  ASSIGN_OR_RETURN(clips->sampler, ParseSampler(FLAGS_sampler));
  return clips;
}

absl::StatusOr<Subjects> SubjectsAt(const std::vector<std::string>& words,
                                    const TrainedModel& trained) {
  Subjects subjects;
  ASSIGN_OR_RETURN(const std::optional<ClipOptions> clips,
                   ClipOptionsFor(trained));
  if (clips) {
    const Context place = FLAGS_sampler.empty()
                              ? Context().At(trained.split + ".dataset")
                              : Context();
    subjects.kind = "clip";
    ASSIGN_OR_RETURN(
        subjects.dataset,
        ClipFilesAt(words, *clips, place.WithDataFolder(UserPath(FLAGS_data))));
  } else {
    subjects.kind = "picture";
    ASSIGN_OR_RETURN(subjects.dataset, PictureFilesAt(words));
  }
  return subjects;
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

// Leaves a few frames of the first view, spread evenly.
struct FewFrames : Transform {
  absl::Status Apply(Example& example, Rng&) const override {
    if (!example.has_images()) return NeedsImages();
    example.SetViews(1);
    std::vector<Image>& frames = example.images[0];
    const size_t count = frames.size();
    if (count <= kShownFrames) return absl::OkStatus();
    for (size_t i = 1; i < kShownFrames; ++i) {
      std::swap(frames[i], frames[i * (count - 1) / (kShownFrames - 1)]);
    }
    frames.resize(kShownFrames);
    return absl::OkStatus();
  }
};

absl::Status DrawClassified(const std::vector<Classified>& classified,
                            const TrainedModel& trained,
                            const Dataset& dataset) {
  const FewFrames few;
  Sheet sheet;
  sheet.columns = FLAGS_columns;
  for (const Classified& one : classified) {
    ASSIGN_OR_RETURN(LoaderOptions options,
                     trained.LoaderOf(dataset, one.index, one.index + 1));
    options.transforms.push_back(&few);
    ASSIGN_OR_RETURN(auto pictures, ShownPictures(options, 1, DatasetInfo()));
    const Guess& guess = one.guesses.front();
    pictures.front().name = absl::StrCat(trained.ClassName(guess.label), " ",
                                         Percent(guess.probability));
    sheet.pictures.push_back(std::move(pictures.front()));
  }
  return DrawSheet(sheet, UserPath(FLAGS_out));
}

absl::Status CheckFlags() {
  RETURN_IF_ERROR(Together({AtLeast("--top", FLAGS_top, 1),
                            AtLeast("--columns", FLAGS_columns, 1)}));
  if (FLAGS_out.empty() || FLAGS_out.ends_with(".png") ||
      FLAGS_out.ends_with(".svg")) {
    return absl::OkStatus();
  }
  return Invalid("--out must end in .png or .svg", FLAGS_out);
}

absl::Status Main(const std::vector<std::string>& changes,
                  const std::vector<std::string>& words) {
  RETURN_IF_ERROR(CheckFlags());
  ASSIGN_OR_RETURN(const TrainedModel trained, TrainedModelOfFlags(changes));
  ASSIGN_OR_RETURN(const Subjects subjects, SubjectsAt(words, trained));
  const Dataset& dataset = *subjects.dataset;
  ASSIGN_OR_RETURN(const auto classified,
                   Classify(trained, dataset, FLAGS_top));
  if (FLAGS_json) {
    std::cout << ClassifiedJson(classified, subjects.kind, trained) << "\n";
  } else {
    PrintText(classified, trained);
  }
  if (!FLAGS_out.empty()) {
    RETURN_IF_ERROR(DrawClassified(classified, trained, dataset));
  }
  const auto broken = dataset.size() - static_cast<int64_t>(classified.size());
  if (broken == 0) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat(broken, " of ", dataset.size(), " ",
                                          subjects.kind, "s are broken"));
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
