// Mean, deviation, sizes and classes of a data set of pictures.

#include <iostream>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "framework/command/flags.h"
#include "framework/command/tool.h"
#include "framework/core/option_checks.h"
#include "gflags/gflags.h"
#include "tools/dataset_statistics.h"
#include "tools/experiment_file.h"
#include "tools/progress_line.h"
#include "tools/section.h"
#include "tools/text_table.h"
#include "tools/threads.h"

DEFINE_string(experiment, "", "The experiment, a text-proto.");
DEFINE_string(section, "train", "Its section: train, eval or test.");
DEFINE_string(dataset, "",
              "A data set in place of an experiment, as the text of a plugin.");
DEFINE_string(data, "", "As that of an experiment.");
DEFINE_bool(article, false,
            "Counts every picture the same, however many pixels it has, as the "
            "article does.");
DEFINE_int32(threads, 0,
             "Threads that read (default: as many as the machine has cores).");

namespace toque {
namespace {

constexpr char kUsage[] = R"(Reads every picture of a data set once (R48):

  dataset_stats --experiment=experiments/cifar_convnet.textproto --data=cifar
  dataset_stats --dataset='[type.googleapis.com/recipe.Digits] {}'

Prints sizes, classes, broken files with what is wrong with them, and the
options of recipe.Normalize: mean and standard deviation of each channel, in
units of 0..1. Every pixel counts the same. Transforms are left out.

  --set='TEXT-PROTO FRAGMENT'
      Changes the experiment; may be given repeatedly.)";

absl::StatusOr<Section> ChosenSection(const std::vector<std::string>& changes) {
  if (FLAGS_dataset.empty()) {
    ASSIGN_OR_RETURN(const Experiment experiment,
                     ReadExperiment(FLAGS_experiment, changes));
    return SectionOf(experiment, FLAGS_section);
  }
  if (!FLAGS_experiment.empty()) {
    return Invalid("--experiment and --dataset can't both be given");
  }
  return SectionOfDataset(FLAGS_dataset);
}

void PrintBroken(const Dataset& dataset, const DatasetStatistics& statistics) {
  if (statistics.broken.empty()) return;
  std::cout << "broken: " << statistics.broken.size() << "\n";
  for (const auto& [index, reason] : statistics.broken) {
    std::cout << "  " << dataset.Name(index) << ": " << reason << "\n";
  }
  std::cout << "\n";
}

void PrintClasses(const DatasetInfo& info,
                  const DatasetStatistics& statistics) {
  if (statistics.labels.empty()) return;
  TextTable table({"class", "examples"});
  Counts counts = statistics.labels;
  for (int64_t i = 0; i < info.classes; ++i) counts.try_emplace(i, 0);
  for (const auto& [label, count] : counts) {
    table.Add({info.ClassName(label), absl::StrCat(count)});
  }
  std::cout << table.Text() << "\n";
}

void PrintSizes(const DatasetStatistics& statistics) {
  TextTable table({"size", "least", "median", "most"});
  const auto add = [&table](const char* name, const Counts& counts) {
    table.Add({name, absl::StrCat(counts.begin()->first),
               absl::StrCat(Median(counts)),
               absl::StrCat(counts.rbegin()->first)});
  };
  add("height", statistics.heights);
  add("width", statistics.widths);
  std::cout << table.Text() << "\n";
}

void PrintNormalize(const std::vector<ChannelStatistics>& channels) {
  std::vector<std::string> means;
  std::vector<std::string> stds;
  for (const auto& [mean, std] : channels) {
    means.push_back(absl::StrFormat("%.4f", mean));
    stds.push_back(absl::StrFormat("%.4f", std));
  }
  std::cout << "transform {\n  [type.googleapis.com/recipe.Normalize] {\n"
            << "    mean: [ " << absl::StrJoin(means, ", ") << " ]\n"
            << "    std: [ " << absl::StrJoin(stds, ", ") << " ]\n  }\n}\n";
}

absl::Status Main(const std::vector<std::string>& changes) {
  RETURN_IF_ERROR(AtLeast("--threads", FLAGS_threads, 0));
  ASSIGN_OR_RETURN(const Section section, ChosenSection(changes));
  const Context context = Context().WithDataFolder(UserPath(FLAGS_data));
  ASSIGN_OR_RETURN(
      const DatasetPart part,
      OpenDataset(section,
                  FLAGS_dataset.empty() ? context.At(FLAGS_section) : context));
  absl::StatusOr<DatasetStatistics> statistics;
  {
    ProgressLine progress("examples", part.end - part.begin);
    statistics = MeasureDataset(*part.dataset, part.begin, part.end,
                                ThreadsOrCores(FLAGS_threads),
                                [&progress] { progress.Add(1); });
  }
  RETURN_IF_ERROR(statistics.status());
  PrintBroken(*part.dataset, *statistics);
  const PixelSums& pixels = statistics->pixels;
  if (pixels.pictures() == 0) {
    return absl::DataLossError("no picture of the data set can be read");
  }
  std::cout << pixels.pictures() << " pictures of " << pixels.pixels()
            << " pixels in all\n\n";
  PrintClasses(part.dataset->Info(), *statistics);
  PrintSizes(*statistics);
  PrintNormalize(FLAGS_article ? pixels.ImageWeighted()
                               : pixels.PixelWeighted());
  return absl::OkStatus();
}

}  // namespace
}  // namespace toque

int main(int argc, char** argv) {
  return toque::ToolMainWithChanges(toque::kUsage, argc, argv, toque::Main);
}
