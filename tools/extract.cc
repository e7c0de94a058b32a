// Features of pictures, by a model's parts.

#include <chrono>
#include <filesystem>
#include <iostream>
#include <optional>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "framework/command/flags.h"
#include "framework/command/tool.h"
#include "framework/core/model_access.h"
#include "framework/inference/features.h"
#include "framework/inference/fold_norms.h"
#include "framework/pack/pack_format.h"
#include "gflags/gflags.h"
#include "tools/feature_file.h"
#include "tools/packing.h"
#include "tools/picture_files.h"
#include "tools/progress_line.h"
#include "tools/section.h"
#include "tools/trained_model.h"
#include "tools/whole_examples.h"

DEFINE_string(taps, "",
              "Paths of the model's parts, with commas: avgpool,layer4.1.");
DEFINE_string(out, "", "The file that is made, a .safetensors or .npy.");
DEFINE_string(dataset, "", "A data set, as the text of a plugin.");
DEFINE_string(section, "",
              "The data set of the experiment's section train, eval or test.");
DEFINE_string(rows, "whole",
              "What is kept of a feature [N, C, h, w]: whole; flat, [N, C h "
              "w]; or mean, over h and w, which needs such maps or vectors "
              "[N, C].");
DEFINE_bool(fold, true, "Folds batch norms into convolutions: faster.");
DEFINE_bool(skip_broken, false, "Leaves broken pictures out and names them.");
DEFINE_bool(overwrite, false, "Extracts anew where --out exists already.");

DECLARE_string(data);

namespace toque {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr char kUsage[] =
    R"(Writes what parts of a model make of pictures (R73-R75):

  extract --model='[type.googleapis.com/recipe.ResNet] { depth: 18 }' \
      --weights=resnet18.pth --taps=avgpool --out=photos.safetensors photos/

The pictures are files and folders on the command line, --dataset or --section.
Called again, it goes on where it was stopped. Everything after the last of the
parts is left out of the computation.

)";

// Pictures, and what tells them from others.
struct Source {
  std::unique_ptr<Dataset> dataset;
  int64_t begin = 0;
  int64_t end = 0;
  std::string text;
};

std::vector<std::string> Taps() { return absl::StrSplit(FLAGS_taps, ','); }

absl::Status CheckFlags(size_t pictures) {
  const int sources =
      (pictures > 0) + !FLAGS_dataset.empty() + !FLAGS_section.empty();
  if (sources != 1) {
    return Invalid(
        "pictures, --dataset or --section must be given, one of them");
  }
  if (FLAGS_rows != "whole" && FLAGS_rows != "flat" && FLAGS_rows != "mean") {
    return Invalid("--rows must be whole, flat or mean", FLAGS_rows);
  }
  RETURN_IF_ERROR(Together({Given("--taps", !FLAGS_taps.empty()),
                            Given("--out", !FLAGS_out.empty())}));
  return FeatureFile::CheckPath(FLAGS_out);
}

absl::StatusOr<Source> SourceOf(const TrainedModel& trained,
                                const std::vector<std::string>& pictures) {
  Source source;
  if (!pictures.empty()) {
    ASSIGN_OR_RETURN(source.dataset, PictureFilesAt(pictures));
    source.end = source.dataset->size();
    source.text = UserFolder();
  } else {
    ASSIGN_OR_RETURN(const Section section,
                     FLAGS_dataset.empty()
                         ? SectionOf(trained.experiment, FLAGS_section)
                         : SectionOfDataset(FLAGS_dataset));
    if (!section.has_dataset()) {
      return Invalid("--section must be one with a data set", FLAGS_section);
    }
    const std::string folder = UserPath(FLAGS_data);
    ASSIGN_OR_RETURN(DatasetPart part,
                     OpenDataset(section, Context().WithDataFolder(folder)));
    source.dataset = std::move(part.dataset);
    source.begin = part.begin;
    source.end = part.end;
    source.text = absl::StrCat(folder, section.dataset().DebugString());
  }
  absl::StrAppend(
      &source.text, " ", source.begin, " ", source.end, " ",
      absl::Hex(ContentDigest(*source.dataset, source.begin, source.end)));
  return source;
}

uint64_t WeightsDigest(const Model& model) {
  uint64_t digest = 0;
  for (const auto& tensors : {Parameters(model), Buffers(model)}) {
    for (const auto& [name, tensor] : tensors) {
      const at::Tensor bytes = tensor.detach().cpu().contiguous();
      digest = pack::DigestOf(bytes.const_data_ptr(), bytes.nbytes(), digest);
    }
  }
  return digest;
}

// What decides the rows, so that no other extraction is gone on with.
std::string TextOf(const TrainedModel& trained, const Source& source) {
  std::string text = absl::StrCat(source.text, " ", FLAGS_taps, " ", FLAGS_rows,
                                  " ", absl::Hex(WeightsDigest(*trained.model)),
                                  trained.experiment.model().DebugString());
  for (const auto& transform : trained.evaluation->transform()) {
    absl::StrAppend(&text, transform.DebugString());
  }
  return absl::StrCat(absl::Hex(pack::DigestOf(text.data(), text.size(), 0)));
}

// As --rows asks for. Several rows of an example, of its views or of the frames
// of a clip, become their mean.
absl::StatusOr<at::Tensor> RowsOf(const at::Tensor& feature, int64_t examples) {
  at::Tensor rows = feature;
  if (FLAGS_rows == "mean" && rows.dim() == 3) {
    return Invalid("--rows=mean must be of features [N, C, h, w] or [N, C]",
                   c10::str(rows.sizes()));
  }
  if (FLAGS_rows == "mean" && rows.dim() > 2) rows = rows.flatten(2).mean(2);
  if (FLAGS_rows == "flat" && rows.dim() > 2) rows = rows.flatten(1);
  if (rows.dim() == 0 || rows.size(0) % examples != 0) {
    return Invalid(absl::StrCat("a feature must have rows for each of ",
                                examples, " examples"),
                   c10::str(rows.sizes()));
  }
  if (rows.size(0) == examples) return rows;
  return rows.unflatten(0, {examples, -1}).mean(1);
}

absl::Status AddRows(const Batch& batch, const Source& source,
                     NamedTensors features, int64_t next, FeatureFile* file) {
  for (auto& [path, feature] : features) {
    const auto rows = RowsOf(feature, batch.size());
    if (!rows.ok()) return AtPlace(rows.status(), path);
    feature = *rows;
  }
  std::vector<int64_t> labels(batch.index.size(), kIgnoredLabel);
  if (source.dataset->Info().classes > 0 && batch.target.dim() == 1) {
    const int64_t* target = batch.target.const_data_ptr<int64_t>();
    labels.assign(target, target + batch.size());
  }
  std::vector<std::string> names;
  for (const int64_t index : batch.index) {
    names.push_back(ShortName(*source.dataset, index));
  }
  return file->Add(features, labels, names, next);
}

struct Seconds {
  double all = 0;
  double net = 0;
};

double Since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

// Batches of a loader; with --skip_broken, of the whole examples alone.
class Batches {
 public:
  static absl::StatusOr<Batches> Start(const LoaderOptions& options) {
    Batches batches;
    if (FLAGS_skip_broken) {
      ASSIGN_OR_RETURN(batches.whole_, WholeExamples::Start(options));
    } else {
      ASSIGN_OR_RETURN(batches.all_, Loader::Start(options));
    }
    return batches;
  }
  absl::Status Next(Batch* batch) {
    return whole_ ? whole_->Next(batch) : all_->Next(batch);
  }

 private:
  std::optional<WholeExamples> whole_;
  std::unique_ptr<Loader> all_;
};

// Adds the rows of the examples that `options` name.
absl::StatusOr<Seconds> Extract(const TrainedModel& trained,
                                const LoaderOptions& options,
                                const Source& source,
                                FeatureExtractor* extractor,
                                FeatureFile* file) {
  const int64_t total = source.end - source.begin;
  Seconds seconds;
  const Clock::time_point begin = Clock::now();
  if (file->next() == total) return seconds;
  auto batches = Batches::Start(options);
  // The rows that are there already are all that there will be.
  if (absl::IsDataLoss(batches.status()) && FLAGS_skip_broken &&
      file->rows() > 0) {
    return seconds;
  }
  RETURN_IF_ERROR(batches.status());
  ProgressLine line("pictures", total);
  line.Add(file->next());
  Batch batch;
  bool folded = !FLAGS_fold;
  while (file->next() < total) {
    RETURN_IF_ERROR(batches->Next(&batch));
    const int64_t next = std::min(total, file->next() + options.batch_size);
    line.Add(next - file->next());
    if (batch.size() == 0) {
      file->PassTo(next);
      continue;
    }
    const at::Tensor input = trained.Input(batch);
    if (!folded) FoldNorms(*trained.model, input.slice(0, 0, 1), Taps());
    folded = true;
    const Clock::time_point net = Clock::now();
    NamedTensors features = extractor->Extract(input);
    for (auto& [path, feature] : features) feature = feature.cpu();
    seconds.net += Since(net);
    RETURN_IF_ERROR(AddRows(batch, source, std::move(features), next, file));
  }
  seconds.all = Since(begin);
  return seconds;
}

void Remove(const std::string& path) {
  for (const std::string& made : FeatureFile::Paths(path, Taps())) {
    fs::remove(made);
  }
  fs::remove_all(path + ".partial");
}

absl::Status Main(const std::vector<std::string>& changes,
                  const std::vector<std::string>& pictures) {
  RETURN_IF_ERROR(CheckFlags(pictures.size()));
  ASSIGN_OR_RETURN(const TrainedModel trained, TrainedModelOfFlags(changes));
  auto extractor = FeatureExtractor::Create(trained.model, Taps());
  if (!extractor.ok()) return AtPlace(extractor.status(), "--taps");
  ASSIGN_OR_RETURN(const Source source, SourceOf(trained, pictures));
  ASSIGN_OR_RETURN(LoaderOptions options,
                   trained.LoaderOf(*source.dataset, source.begin, source.end));
  const std::string path = UserPath(FLAGS_out);
  const std::string text = TextOf(trained, source);
  if (FLAGS_overwrite) Remove(path);
  ASSIGN_OR_RETURN(const auto file, FeatureFile::Open(path, Taps(), text));
  if (file->next() > 0) {
    std::cerr << "goes on after " << file->next() << " pictures\n";
  }
  options.begin += file->next();
  ASSIGN_OR_RETURN(const Seconds seconds,
                   Extract(trained, options, source, &*extractor, file.get()));
  RETURN_IF_ERROR(file->Finish(source.dataset->Info().class_names));
  std::cout << absl::StreamFormat(
      "%s: %d rows, %d left out; %.2f s, of which %.2f s in the net\n", path,
      file->rows(), source.end - source.begin - file->rows(), seconds.all,
      seconds.net);
  return absl::OkStatus();
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
