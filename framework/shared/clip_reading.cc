#include "framework/shared/clip_reading.h"

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <utility>

#include "framework/core/option_checks.h"
#include "framework/stop.h"
#include "framework/video_index/limits.h"

namespace toque {
namespace {

std::string Variable(const char* name) {
  const char* const text = std::getenv(name);
  return text == nullptr ? "" : text;
}

}  // namespace

absl::StatusOr<FramePicker> FramePicker::Of(
    bool given, const google::protobuf::Any& sampler, const Context& context) {
  if (!given) {
    return Invalid(
        "sampler must be given, as sampler { "
        "[type.googleapis.com/recipe.TsnSegments] { segments: 3 } }");
  }
  FramePicker picker;
  ASSIGN_OR_RETURN(picker.sampler_,
                   Build<Sampler>(sampler, context.At("sampler")));
  const std::optional<ClipLayout> layout = picker.sampler_->Layout();
  if (!layout.has_value()) {
    return AtPlace(
        Invalid(absl::StrCat(View(PluginName(sampler)),
                             " orders examples, and a sampler that picks the "
                             "frames of a clip is needed here")),
        context.At("sampler").place());
  }
  picker.layout_ = *layout;
  return picker;
}

absl::Status FramePicker::Pick(int64_t count, Rng& rng, Example* example,
                               PickedFrames* picked) const {
  if (count < 1) return Broken("a clip must have a frame");
  RETURN_IF_ERROR(sampler_->Sample({.size = count}, rng, &picked->frames));
  const auto views = static_cast<size_t>(layout_.views);
  const auto each = static_cast<size_t>(layout_.segments * layout_.frames);
  const std::vector<int64_t>& frames = picked->frames;
  if (frames.size() != views * each) {
    return Invalid(absl::StrCat("sampler must pick ", views * each,
                                " frames, as its layout says"),
                   frames.size());
  }
  for (const int64_t frame : frames) {
    RETURN_IF_ERROR(Within("a picked frame", frame, 0, count));
  }
  example->SetViews(views);
  example->values.reset();
  picked->images.clear();
  for (std::vector<Image>& view : example->images) {
    view.resize(each);
    for (Image& image : view) picked->images.push_back(&image);
  }
  return absl::OkStatus();
}

absl::Status CheckOneSize(const PickedFrames& picked) {
  const Image& first = *picked.images.front();
  for (size_t i = 1; i < picked.images.size(); ++i) {
    const Image& image = *picked.images[i];
    if (image.height() == first.height() && image.width() == first.width()) {
      continue;
    }
    return Broken(absl::StrCat(
        "frame ", picked.frames[i], " must have the size of frame ",
        picked.frames[0], ", ", first.width(), " x ", first.height(), ", got ",
        image.width(), " x ", image.height()));
  }
  return absl::OkStatus();
}

std::string DefaultIndexFolder() {
  std::string caches = Variable("XDG_CACHE_HOME");
  if (!caches.starts_with('/')) {  // which the standard passes over
    const std::string home = Variable("HOME");
    if (!home.starts_with('/')) return "";
    caches = home + "/.cache";
  }
  return caches + "/toque/video_index";
}

std::string IndexFolderOf(const toque::VideoDecoding& decoding,
                          const Context& context) {
  if (!decoding.has_index_folder()) return DefaultIndexFolder();
  return decoding.index_folder().empty()
             ? ""
             : context.DataPath(decoding.index_folder());
}

absl::StatusOr<ClipReading> ClipReading::Of(
    FramePicker picker, const toque::VideoDecoding& decoding) {
  RETURN_IF_ERROR(
      Together({AtLeast("decoding.max_pixels", decoding.max_pixels(), 1),
                Above("decoding.seconds", decoding.seconds(), 0)}));
  return ClipReading(std::move(picker), decoding);
}

void ClipReading::Open(const Context& context) {
  VideoLimits limits;
  limits.max_pixels = decoding_.max_pixels();
  limits.seconds = decoding_.seconds();
  limits.cancelled = MustStop;
  pool_ =
      std::make_unique<ReaderPool>(limits, IndexFolderOf(decoding_, context));
}

template <typename Source>
absl::Status ClipReading::ReadFrom(const Source& source, Rng& rng,
                                   Example* example) const {
  // Keeps its memory from one clip to the next.
  thread_local PickedFrames picked;
  const ReaderPool::Loan reader = pool_->Take();
  RETURN_IF_ERROR(reader->Open(source));
  RETURN_IF_ERROR(picker_.Pick(reader->index().size(), rng, example, &picked));
  return reader->Read(picked.frames, absl::MakeConstSpan(picked.images));
}

absl::Status ClipReading::Read(const std::string& path, Rng& rng,
                               Example* example) const {
  return ReadFrom(path, rng, example);
}

absl::Status ClipReading::Read(absl::Span<const uint8_t> packed, Rng& rng,
                               Example* example) const {
  return ReadFrom(packed, rng, example);
}

}  // namespace toque
