// The section of an experiment that a tool looks at.

#ifndef TOQUE_TOOLS_SECTION_H_
#define TOQUE_TOOLS_SECTION_H_

#include <memory>
#include <string>

#include "framework/loader/loader.h"
#include "framework/parts/parts.h"

namespace toque {

// The section "train", "eval" or "test". An error where the experiment has
// none of that name.
absl::StatusOr<Section> SectionOf(const Experiment& experiment,
                                  const std::string& name);
// A section of one data set, given as the text of a plugin:
// "[type.googleapis.com/recipe.Digits] {}". Errors begin with "--dataset".
absl::StatusOr<Section> SectionOfDataset(const std::string& text);

// A data set, open, and the part [begin, end) of it that its section uses.
struct DatasetPart {
  std::unique_ptr<Dataset> dataset;
  int64_t begin = 0;
  int64_t end = 0;
};
absl::StatusOr<DatasetPart> OpenDataset(const Section& section,
                                        const Context& context);

// A section with all of its plugins, its data set open.
struct OpenSection {
  SectionParts parts;
  DatasetInfo info;  // the training set's
  bool training = false;
  LoaderOptions options;  // a run's, in the calling thread
};
absl::StatusOr<OpenSection> OpenSectionOf(const Experiment& experiment,
                                          const std::string& name,
                                          const Context& context);

}  // namespace toque

#endif  // TOQUE_TOOLS_SECTION_H_
