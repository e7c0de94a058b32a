// A model for tests that need one: a linear layer on the flattened input, its
// parameters called "linear.weight" and "linear.bias". Also a plugin, for tests
// of plugins that take a model: toque.TinyModel { inputs: 4 classes: 3 }.

#ifndef TOQUE_FRAMEWORK_TESTING_TINY_MODEL_H_
#define TOQUE_FRAMEWORK_TESTING_TINY_MODEL_H_

#include <cstdint>
#include <memory>

namespace toque {

class Model;

// [N, ...], `inputs` values an example, to logits [N, classes].
std::shared_ptr<Model> MakeTinyModel(int64_t inputs = 4, int64_t classes = 3);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_TESTING_TINY_MODEL_H_
