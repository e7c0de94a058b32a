#include "tools/section.h"

#include <utility>

#include "framework/config/config.h"

namespace toque {

absl::StatusOr<Section> SectionOf(const Experiment& experiment,
                                  const std::string& name) {
  if (name == "train" && experiment.has_train()) return experiment.train();
  if (name == "eval" && experiment.has_eval()) return experiment.eval();
  if (name == "test" && experiment.has_test()) return experiment.test();
  if (name == "train" || name == "eval" || name == "test") {
    return Invalid("--section must be one that the experiment has", name);
  }
  return Invalid("--section must be train, eval or test", name);
}

absl::StatusOr<Section> SectionOfDataset(const std::string& text) {
  ASSIGN_OR_RETURN(
      const Experiment experiment,
      ParseExperiment(absl::StrCat("train { dataset {\n", text, "\n} }"),
                      "--dataset"));
  return experiment.train();
}

absl::StatusOr<DatasetPart> OpenDataset(const Section& section,
                                        const Context& context) {
  const Context place = context.At("dataset");
  DatasetPart part;
  ASSIGN_OR_RETURN(part.dataset, Build<Dataset>(section.dataset(), place));
  RETURN_IF_ERROR(AtPlugin(part.dataset->Open(place), place,
                           PluginName(section.dataset())));
  part.begin = section.range().begin();
  part.end =
      section.range().has_end() ? section.range().end() : part.dataset->size();
  if (part.begin < 0 || part.begin >= part.end ||
      part.end > part.dataset->size()) {
    return AtPlace(
        Invalid(absl::StrCat("must lie in the ", part.dataset->size(),
                             " examples of the data set and not be empty"),
                absl::StrCat("[", part.begin, ", ", part.end, ")")),
        context.At("range").place());
  }
  return part;
}

namespace {

PixelForm::Type TypeOf(Section::Pixels pixels) {
  switch (pixels) {
    case Section::BFLOAT16:
      return PixelForm::kBfloat16;
    case Section::UINT8:
      return PixelForm::kUint8;
    default:
      return PixelForm::kFloat32;
  }
}

OnBroken PolicyOf(Section::Broken policy) {
  switch (policy) {
    case Section::SKIP:
      return OnBroken::kSkip;
    case Section::REPLACE:
      return OnBroken::kReplace;
    default:
      return OnBroken::kFail;
  }
}

}  // namespace

LoaderOptions OpenSection::Options() const {
  LoaderOptions options;
  options.dataset = parts.dataset.get();
  options.begin = parts.begin;
  options.end = parts.end;
  options.sampler = parts.sampler.get();
  for (const auto& transform : parts.transforms) {
    options.transforms.push_back(transform.get());
  }
  for (const auto& transform : parts.section.transform()) {
    options.transform_names.emplace_back(PluginName(transform));
  }
  options.batch_size = parts.section.batch_size();
  options.drop_last = training && parts.section.drop_last();
  options.threads = 0;
  options.seed = seed;
  options.training = training;
  options.pixels.interleaved = interleaved;
  options.pixels.type = TypeOf(parts.section.pixels());
  options.on_broken = PolicyOf(parts.section.on_broken());
  return options;
}

absl::StatusOr<OpenSection> OpenSectionOf(const Experiment& experiment,
                                          const std::string& name,
                                          const Context& context) {
  RETURN_IF_ERROR(SectionOf(experiment, name).status());
  RETURN_IF_ERROR(CheckExperiment(experiment));
  ASSIGN_OR_RETURN(Parts parts,
                   BuildParts(experiment, context, Opening::kOpen));
  OpenSection section;
  section.info = std::move(parts.info);
  section.seed = experiment.seed();
  section.training = name == "train";
  section.interleaved = experiment.memory_format() == Experiment::CHANNELS_LAST;
  section.parts = std::move(section.training ? parts.train
                            : name == "eval" ? *parts.eval
                                             : *parts.test);
  return section;
}

}  // namespace toque
