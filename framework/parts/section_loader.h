// What an experiment says about the loader of a section.

#ifndef TOQUE_FRAMEWORK_PARTS_SECTION_LOADER_H_
#define TOQUE_FRAMEWORK_PARTS_SECTION_LOADER_H_

#include "framework/experiment.pb.h"
#include "framework/loader/loader.h"
#include "framework/parts/parts.h"

namespace toque {

// A loader of these options makes the batches of a run of the experiment, from
// its first epoch on, in the calling thread. `parts` outlives the loader.
LoaderOptions LoaderOptionsOf(const Experiment& experiment,
                              const SectionParts& parts, bool training);

// As many threads as the section asks for. By default one core is left to the
// thread that trains, and no more than 8 are taken.
int LoaderThreads(const Section& section);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_PARTS_SECTION_LOADER_H_
