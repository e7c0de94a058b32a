#include "tools/clip_set.h"

#include <memory>
#include <utility>

#include "framework/core/registry.h"
#include "google/protobuf/message.h"
#include "tools/plugin_option.h"

namespace toque {
namespace {

using google::protobuf::Any;
using google::protobuf::DynamicCastToGenerated;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// Null for a data set that picks no frames, or isn't known.
std::unique_ptr<Message> OptionsWithSampler(const Any& dataset) {
  auto options = UnpackOptions(dataset);
  if (!options.ok() ||
      FindOption(**options, "sampler", Any::descriptor()) == nullptr) {
    return nullptr;
  }
  return *std::move(options);
}

// Gives the data set a sampler, which its making wants, where it has none.
bool FillInSampler(const Message& options, Any* dataset) {
  const std::unique_ptr<Message> filled(options.New());
  filled->CopyFrom(options);
  const FieldDescriptor* field =
      FindOption(options, "sampler", Any::descriptor());
  const auto* reflection = filled->GetReflection();
  if (reflection->HasField(*filled, field)) return false;
  DynamicCastToGenerated<Any>(reflection->MutableMessage(filled.get(), field))
      ->set_type_url("type.googleapis.com/recipe.Uniform");
  dataset->set_value(filled->SerializeAsString());
  return true;
}

void Describe(Message* options, ClipsOrPictures* source) {
  const FieldDescriptor* decoding =
      FindOption(*options, "decoding", toque::VideoDecoding::descriptor());
  const auto* reflection = options->GetReflection();
  if (decoding != nullptr) {
    source->decoding.CopyFrom(reflection->GetMessage(*options, decoding));
  }
  reflection->ClearField(options,
                         FindOption(*options, "sampler", Any::descriptor()));
  source->dataset.set_value(options->SerializeAsString());
}

}  // namespace

absl::StatusOr<ClipsOrPictures> OpenClipsOrPictures(const Section& section,
                                                    const Context& context) {
  ClipsOrPictures source;
  source.dataset = section.dataset();
  const std::unique_ptr<Message> options = OptionsWithSampler(source.dataset);
  Section filled = section;
  const bool fills =
      options != nullptr && FillInSampler(*options, filled.mutable_dataset());
  ASSIGN_OR_RETURN(source.part, OpenDataset(filled, context));
  source.clips = options != nullptr &&
                 !source.part.dataset->File(source.part.begin).empty();
  if (source.clips) {
    Describe(options.get(), &source);
  } else if (fills) {
    // Frames that a sampler picks: its own error says that one must be given.
    ASSIGN_OR_RETURN(source.part, OpenDataset(section, context));
  }
  return source;
}

}  // namespace toque
