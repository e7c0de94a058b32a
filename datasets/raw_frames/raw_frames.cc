#include "absl/strings/numbers.h"
#include "datasets/raw_frames/raw_frames.pb.h"
#include "framework/core/dataset.h"
#include "framework/core/option_checks.h"
#include "framework/shared/class_labels.h"
#include "framework/shared/clip_reading.h"
#include "framework/shared/file_table.h"
#include "framework/shared/flow_image.h"
#include "framework/shared/image_options.h"
#include "framework/shared/input_file.h"
#include "framework/shared/numbered_name.h"
#include "framework/shared/read_file.h"

namespace toque {
namespace {

// Which pictures of its folder are a clip's.
struct Span {
  int32_t first = 1;
  int32_t count = 0;
  int64_t before = 0;  // pictures of the clips before it
};

struct RawFrames : Dataset {
  absl::Status Open(const Context& context) override {
    const std::string path = context.DataPath(options.list());
    clips.set_folder(options.has_folder()
                         ? context.DataPath(options.folder())
                         : path.substr(0, path.rfind('/') + 1));
    RETURN_IF_ERROR(ForEachLine(
        path, [this](std::string_view line) { return AddLine(line); }));
    clips.Finish();
    if (clips.size() > 0) return absl::OkStatus();
    return AtPlace(Invalid("must name a clip"), path);
  }

  absl::Status AddLine(std::string_view line) {
    line = Trimmed(line);
    if (line.empty()) return absl::OkStatus();
    const bool counted = options.lines() == recipe::RawFrames::COUNT;
    const std::string_view whole = line;
    const std::string_view label = TakeLastWord(&line);
    int32_t first = 1, last = 0;
    const bool numbers =
        absl::SimpleAtoi(View(TakeLastWord(&line)), &last) &&
        (counted || absl::SimpleAtoi(View(TakeLastWord(&line)), &first));
    if (!numbers) {
      return Invalid(counted ? "a line must be folder, count and label"
                             : "a line must be folder, first, last and label",
                     View(whole));
    }
    RETURN_IF_ERROR(AtLeast("a clip's first frame", first, 0));
    RETURN_IF_ERROR(Between("a clip's last frame", last, first, 1 << 30));
    ASSIGN_OR_RETURN(const int32_t number, labels.Parse(label));
    const int64_t before =
        spans.empty() ? 0 : spans.back().before + spans.back().count;
    spans.push_back({first, last - first + 1, before});
    clips.Add(line, number);
    return absl::OkStatus();
  }

  DatasetInfo Info() const override {
    return {.classes = labels.classes(), .class_names = labels.names()};
  }

  int64_t size() const override { return clips.size(); }

  std::string Name(int64_t index) const override {
    return absl::StrCat(Dataset::Name(index), " (", clips.Name(index), ")");
  }

  absl::StatusOr<std::vector<int64_t>> Labels() const override {
    return clips.Labels();
  }

  absl::Status Read(int64_t index, Rng& rng, Example* example) const override {
    // Keeps its memory from one clip to the next.
    thread_local PickedFrames picked;
    const Span& span = spans[static_cast<size_t>(index)];
    RETURN_IF_ERROR(picker.Pick(span.count, rng, example, &picked));
    const std::string folder = clips.Path(index) + "/";
    for (size_t i = 0; i < picked.frames.size(); ++i) {
      const int64_t frame = picked.frames[i];
      RETURN_IF_ERROR(ReadFrame(folder, span.first + frame, span.before + frame,
                                picked.images[i]));
    }
    example->SetLabel(clips.Label(index));
    return CheckOneSize(picked);
  }

  // `place` is that of the picture among all of the data set.
  absl::Status ReadFrame(const std::string& folder, int64_t number,
                         int64_t place, Image* image) const {
    if (options.kind() == recipe::RawFrames::FLOW) {
      return ReadFlow(folder, {x.Of(number), y.Of(number)}, decoding.options,
                      image);
    }
    const std::string name = picture.Of(number);
    const auto bytes = ReadFile(folder + name, &image->bytes());
    if (!bytes.ok()) return AtPlace(bytes.status(), name);
    return AtPlace(decoding.Open(*bytes, place, image), name);
  }

  recipe::RawFrames options;
  FramePicker picker;
  ClassLabels labels;
  PictureDecoding decoding;
  NumberedName picture, x, y;
  FileTable clips;  // their folders
  std::vector<Span> spans;
};

Made<Dataset> MakeRawFrames(const recipe::RawFrames& options,
                            const Context& context) {
  RETURN_IF_ERROR(Given("list", options.has_list()));
  auto made = std::make_unique<RawFrames>();
  made->options = options;
  ASSIGN_OR_RETURN(made->picture,
                   NumberedName::Parse("picture", options.picture()));
  ASSIGN_OR_RETURN(made->x, NumberedName::Parse("flow_x", options.flow_x()));
  ASSIGN_OR_RETURN(made->y, NumberedName::Parse("flow_y", options.flow_y()));
  ASSIGN_OR_RETURN(made->labels, ClassLabelsOf(options));
  ASSIGN_OR_RETURN(made->decoding, PictureDecodingOf(options.decoding()));
  ASSIGN_OR_RETURN(made->picker, FramePicker::Of(options.has_sampler(),
                                                 options.sampler(), context));
  return made;
}

TOQUE_PLUGIN(MakeRawFrames);

}  // namespace
}  // namespace toque
