// Packs the pictures or clips of a data set into one file.

#include "framework/pack/pack.h"

#include <filesystem>
#include <iostream>

#include "absl/strings/str_format.h"
#include "framework/command/flags.h"
#include "framework/command/tool.h"
#include "framework/core/option_checks.h"
#include "gflags/gflags.h"
#include "tools/clip_flags.h"
#include "tools/clip_packing.h"
#include "tools/clip_set.h"
#include "tools/experiment_file.h"
#include "tools/packing.h"
#include "tools/picture_packing.h"
#include "tools/progress_line.h"
#include "tools/section.h"
#include "tools/threads.h"

DEFINE_string(experiment, "", "The experiment, a text-proto.");
DEFINE_string(section, "train", "Its section: train, eval or test.");
DEFINE_string(dataset, "",
              "A data set in place of an experiment, as the text of a plugin.");
DEFINE_string(data, "", "As that of an experiment.");
DEFINE_string(out, "", "The file that is made.");
DEFINE_int64(longest_side, 0,
             "Shrinks pictures whose longer side is above it (default: keeps "
             "every picture as it is).");
DEFINE_int32(quality, 90,
             "Of the JPEGs that shrunk pictures, and frames of clips, become.");
DEFINE_bool(overwrite, false, "Packs anew where --out exists already.");
DEFINE_bool(skip_broken, false,
            "Leaves broken pictures and clips out and lists them.");
DEFINE_int32(threads, 0,
             "Threads that encode (default: as many as the machine has "
             "cores).");

namespace toque {
namespace {

namespace fs = std::filesystem;

constexpr char kUsage[] =
    R"(Packs the pictures of a data set into one file for recipe.Packed:

  pack --dataset='[type.googleapis.com/recipe.ImageFolder] { folder: "train" }' \
      --data=clothing-5 --out=train.pack --longest_side=400

or its clips, video files, for recipe.PackedVideo; the sampler isn't needed:

  pack --dataset='[type.googleapis.com/recipe.VideoFolder] { folder: "train" }' \
      --data=ucf101-6 --out=train.pack
      Keeps their packets as they are.
  ... --clips=SHORT_GROUPS --group=12 --crf=23 --short_side=256
      Codes them anew as H.264 of which single frames cost less to read.
  ... --clips=FRAMES --quality=90 --short_side=256
      Makes each frame a JPEG.

Called again, it goes on where it was stopped, and leaves a pack that is whole
as it is. It tells a data set by its options, its folder, and the names and
labels of its examples; a pack of another is kept unless --overwrite is given,
and so is one that is to hold examples which --skip_broken has left out.
Every picture is decoded, and every clip looked through; a broken one ends the
packing unless --skip_broken is given. Pictures that aren't shrunk keep their
bytes.

  --set='TEXT-PROTO FRAGMENT'
      Changes the experiment; may be given repeatedly.)";

absl::Status CheckFlags() {
  RETURN_IF_ERROR(Given("--out", !FLAGS_out.empty()));
  if (FLAGS_dataset.empty() == FLAGS_experiment.empty()) {
    return Invalid("--dataset or --experiment must be given, one of them");
  }
  return Together({AtLeast("--longest_side", FLAGS_longest_side, 0),
                   Between("--quality", FLAGS_quality, 1, 100),
                   AtLeast("--threads", FLAGS_threads, 0)});
}

absl::StatusOr<Section> ChosenSection(const std::vector<std::string>& changes) {
  if (!FLAGS_dataset.empty()) return SectionOfDataset(FLAGS_dataset);
  ASSIGN_OR_RETURN(const Experiment experiment,
                   ReadExperiment(FLAGS_experiment, changes));
  return SectionOf(experiment, FLAGS_section);
}

// What is packed, and how.
struct Plan {
  ClipsOrPictures source;
  EncodeExample encode;
  std::string encoding;  // what of the flags decides the bytes
  int64_t examples_of_a_thread = 16;
};

absl::StatusOr<Plan> PlanOf(const Section& section, const Context& context) {
  Plan plan;
  ASSIGN_OR_RETURN(plan.source, OpenClipsOrPictures(section, context));
  const Dataset& dataset = *plan.source.part.dataset;
  if (plan.source.clips) {
    ASSIGN_OR_RETURN(
        const ClipPacking clips,
        ClipPackingByFlags(plan.source.decoding, context, FLAGS_quality));
    ASSIGN_OR_RETURN(plan.encode, ClipEncoder(dataset, clips));
    plan.encoding = SourceTextOf(clips);
    plan.examples_of_a_thread = 2;
    return plan;
  }
  RETURN_IF_ERROR(CheckNoClipFlags());
  plan.encode = PictureEncoder(
      dataset, {.longest_side = FLAGS_longest_side, .quality = FLAGS_quality});
  plan.encoding = absl::StrCat(FLAGS_longest_side, " ",
                               FLAGS_longest_side > 0 ? FLAGS_quality : 0);
  return plan;
}

// What decides the bytes of the pack, so that no other packing is gone on with.
std::string SourceText(const Plan& plan, const Context& context) {
  const DatasetPart& part = plan.source.part;
  std::error_code none;  // a folder that isn't there is told by its path
  const std::string folder =
      fs::weakly_canonical(fs::absolute(context.DataPath("."), none), none);
  return absl::StrCat(
      plan.source.dataset.type_url(), "\n", plan.source.dataset.value(), "\n",
      folder, "\n",
      absl::Hex(ContentDigest(*part.dataset, part.begin, part.end)), "\n",
      part.dataset->size(), " ", part.begin, " ", part.end, " ", plan.encoding);
}

void Report(const std::string& path, int64_t examples, uint64_t bytes,
            const DatasetPart& part) {
  std::cout << absl::StreamFormat(
      "%s: %d examples, %.1f MiB; %d left out\n", path, examples,
      static_cast<double>(bytes) / 0x1p20, part.end - part.begin - examples);
}

// True where nothing is to be done; an error where the file is anything else
// than this pack.
absl::StatusOr<bool> IsPacked(const std::string& path,
                              const std::string& source,
                              const DatasetPart& part) {
  if (FLAGS_overwrite || !fs::exists(path)) return false;
  const auto reader = PackReader::Open(path);
  if (!reader.ok() || !(*reader)->IsOf(source)) {
    return AtPlace(Invalid("exists and is no pack of this data set with these "
                           "options; --overwrite packs anew"),
                   path);
  }
  const int64_t left_out = part.end - part.begin - (*reader)->size();
  if (left_out > 0 && !FLAGS_skip_broken) {
    return AtPlace(
        Invalid(absl::StrCat("must hold every example without --skip_broken, "
                             "got one without ",
                             left_out)),
        path);
  }
  std::cout << "is packed already; --overwrite packs anew\n";
  Report(path, (*reader)->size(), fs::file_size(path), part);
  return true;
}

absl::Status LeaveOut(const std::string& name, const absl::Status& fault) {
  if (!FLAGS_skip_broken) return AtPlace(fault, name);
  std::cerr << "left out: " << name << ": " << fault.message() << std::endl;
  return absl::OkStatus();
}

absl::Status PackTo(const std::string& path, const std::string& source,
                    const Plan& plan) {
  const DatasetPart& part = plan.source.part;
  ASSIGN_OR_RETURN(const std::unique_ptr<PackWriter> writer,
                   PackWriter::Open(path, source));
  if (writer->examples() > 0) {
    std::cout << "goes on at example " << writer->next_source() << std::endl;
  }
  PackingOptions options;
  options.begin = part.begin;
  options.end = part.end;
  options.threads = ThreadsOrCores(FLAGS_threads);
  options.examples_of_a_thread = plan.examples_of_a_thread;
  options.broken = LeaveOut;
  {
    ProgressLine line("examples", part.end - part.begin);
    options.progress = [&line](int64_t count) { line.Add(count); };
    RETURN_IF_ERROR(Pack(*part.dataset, plan.encode, options, writer.get()));
  }
  const DatasetInfo info = part.dataset->Info();
  RETURN_IF_ERROR(writer->Finish(info.classes, info.class_names));
  Report(path, writer->examples(), writer->bytes(), part);
  return absl::OkStatus();
}

absl::Status Main(const std::vector<std::string>& changes) {
  RETURN_IF_ERROR(CheckFlags());
  ASSIGN_OR_RETURN(const Section section, ChosenSection(changes));
  const Context context = Context().WithDataFolder(UserPath(FLAGS_data));
  ASSIGN_OR_RETURN(
      const Plan plan,
      PlanOf(section,
             FLAGS_dataset.empty() ? context.At(FLAGS_section) : context));
  const std::string path = UserPath(FLAGS_out);
  const std::string source = SourceText(plan, context);
  ASSIGN_OR_RETURN(const bool packed, IsPacked(path, source, plan.source.part));
  return packed ? absl::OkStatus() : PackTo(path, source, plan);
}

}  // namespace
}  // namespace toque

int main(int argc, char** argv) {
  return toque::ToolMainWithChanges(toque::kUsage, argc, argv, toque::Main);
}
