// Small pictures in files, for tests of tools.

#ifndef TOQUE_TESTS_TOOLS_PICTURE_FOLDER_H_
#define TOQUE_TESTS_TOOLS_PICTURE_FOLDER_H_

#include <cstdint>
#include <string>

#include "ATen/core/Tensor.h"

namespace toque {

// Writes a PNG of 12 x 12 pixels whose levels depend on `seed`; what a model
// without Normalize gets of it: [1, 3, 12, 12].
at::Tensor WritePicture(const std::string& path, uint32_t seed);

// recipe.CifarResNet { depth: 8 classes: 6 } with the weights that it has in a
// tool without --weights: what it makes of `input`, [N, 6].
at::Tensor LogitsOf(const at::Tensor& input);

}  // namespace toque

#endif  // TOQUE_TESTS_TOOLS_PICTURE_FOLDER_H_
