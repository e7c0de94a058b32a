#include "tools/clip_files.h"

#include <utility>

#include "framework/config/config.h"
#include "framework/shared/clip_reading.h"
#include "tools/loose_files.h"
#include "tools/plugin_option.h"

namespace toque {
namespace {

using google::protobuf::Any;
using google::protobuf::Message;

class ClipFiles : public LooseFiles {
 public:
  explicit ClipFiles(ClipReading clips) : clips_(std::move(clips)) {}

  absl::Status Open(const Context& context) override {
    clips_.Open(context);
    return absl::OkStatus();
  }
  absl::Status Read(int64_t index, Rng& rng, Example* example) const override {
    example->SetLabel(0);
    return clips_.Read(files().Path(index), rng, example);
  }

 private:
  ClipReading clips_;
};

// Copies the option `name` where there is one of that type; whether there is.
bool CopyOption(const Message& options, const char* name, Message* value) {
  const auto* field = FindOption(options, name, value->GetDescriptor());
  if (field == nullptr) return false;
  value->CopyFrom(options.GetReflection()->GetMessage(options, field));
  return true;
}

bool IsFlow(const Message& options) {
  const auto* kind = options.GetDescriptor()->FindFieldByName("kind");
  return kind != nullptr && !kind->is_repeated() &&
         kind->enum_type() != nullptr &&
         options.GetReflection()->GetEnum(options, kind)->name() == "FLOW";
}

}  // namespace

absl::StatusOr<std::optional<ClipOptions>> ClipOptionsOf(const Any& dataset) {
  ASSIGN_OR_RETURN(const auto options, UnpackOptions(dataset));
  ClipOptions clips;
  if (!CopyOption(*options, "sampler", &clips.sampler)) return std::nullopt;
  if (IsFlow(*options)) {
    return AtPlace(Invalid("clips must be videos, which don't hold optical "
                           "flow; //tools:evaluate --scores takes a list"),
                   PluginName(dataset));
  }
  CopyOption(*options, "decoding", &clips.decoding);
  return clips;
}

absl::StatusOr<Any> ParseSampler(const std::string& text) {
  ASSIGN_OR_RETURN(
      const Experiment experiment,
      ParseExperiment(absl::StrCat("eval { sampler {\n", text, "\n} }"),
                      "--sampler"));
  return experiment.eval().sampler();
}

absl::StatusOr<std::unique_ptr<Dataset>> ClipFilesAt(
    const std::vector<std::string>& words, const ClipOptions& options,
    const Context& context) {
  const bool given = !options.sampler.type_url().empty();
  ASSIGN_OR_RETURN(FramePicker picker,
                   FramePicker::Of(given, options.sampler, context));
  ASSIGN_OR_RETURN(ClipReading clips,
                   ClipReading::Of(std::move(picker), options.decoding));
  auto dataset = std::make_unique<ClipFiles>(std::move(clips));
  RETURN_IF_ERROR(dataset->Find(words, Files::kVideos));
  RETURN_IF_ERROR(dataset->Open(context));
  return dataset;
}

}  // namespace toque
