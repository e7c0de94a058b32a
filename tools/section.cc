#include "tools/section.h"

#include <utility>

#include "framework/config/config.h"
#include "framework/parts/section_loader.h"

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

absl::StatusOr<OpenSection> OpenSectionOf(const Experiment& experiment,
                                          const std::string& name,
                                          const Context& context) {
  RETURN_IF_ERROR(SectionOf(experiment, name).status());
  RETURN_IF_ERROR(CheckExperiment(experiment));
  ASSIGN_OR_RETURN(Parts parts,
                   BuildParts(experiment, context, Opening::kOpen));
  OpenSection section;
  section.info = std::move(parts.info);
  section.training = name == "train";
  section.parts = std::move(section.training ? parts.train
                            : name == "eval" ? *parts.eval
                                             : *parts.test);
  section.options =
      LoaderOptionsOf(experiment, section.parts, section.training);
  return section;
}

}  // namespace toque
