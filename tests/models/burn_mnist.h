// A net whose weights are at hand in two formats.

#ifndef TOQUE_TESTS_MODELS_BURN_MNIST_H_
#define TOQUE_TESTS_MODELS_BURN_MNIST_H_

#include <memory>

namespace toque {

class Model;

// The net of burn's example "import-model-weights": [N, 1, 28, 28] to logits
// [N, 10].
std::shared_ptr<Model> MakeBurnMnist();

}  // namespace toque

#endif  // TOQUE_TESTS_MODELS_BURN_MNIST_H_
