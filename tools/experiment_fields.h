// Experiments field by field.

#ifndef TOQUE_TOOLS_EXPERIMENT_FIELDS_H_
#define TOQUE_TOOLS_EXPERIMENT_FIELDS_H_

#include <map>
#include <string>

#include "framework/experiment.pb.h"

namespace toque {

// Every option by its place, as text: "optimizer" is "recipe.Sgd" and
// "optimizer.lr" "0.1". Of an option that isn't given it is the default; one
// without a default is left out.
//
// A list of plugins is the names in their order, "hook" is "recipe.Accuracy,
// recipe.Cosine", and their options are found by name, so that one more of them
// doesn't move the others: "hook.recipe.Accuracy.top_k", of the second of a
// type "hook.recipe.Accuracy[1].top_k".
std::map<std::string, std::string> FieldsOf(const Experiment& experiment);

}  // namespace toque

#endif  // TOQUE_TOOLS_EXPERIMENT_FIELDS_H_
