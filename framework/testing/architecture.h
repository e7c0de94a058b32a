// Models against Python's: names and shapes of their weights, and what they
// compute.

#ifndef TOQUE_FRAMEWORK_TESTING_ARCHITECTURE_H_
#define TOQUE_FRAMEWORK_TESTING_ARCHITECTURE_H_

#include <string>
#include <string_view>

namespace toque {

// Expects the model made of `options` to be the architecture `name` of the file
// `golden`, which tests/goldens/architectures.py makes: its weights' names,
// shapes and order; as far as the file says, with the values that
// manual_seed(0) gives, and with those of the formula its output in evaluation,
// to 1e-4 of the root mean square, and in training, in float64 and to 1e-6
// where there is batch norm, with the statistics that this leaves. `options`
// must turn dropout off for that.
void ExpectMatchesGolden(std::string_view plugin, std::string_view options,
                         const std::string& golden, const std::string& name);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_TESTING_ARCHITECTURE_H_
