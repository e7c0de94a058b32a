// Bilinear pooling.

#ifndef TOQUE_FRAMEWORK_LAYERS_BILINEAR_POOL_H_
#define TOQUE_FRAMEWORK_LAYERS_BILINEAR_POOL_H_

#include <cstdint>

#include "framework/layers/layers.h"

namespace toque {

// Which of the products of two channels are kept: all C * C, row by row, or,
// as the matrix is symmetric, the C (C + 1) / 2 of its upper triangle.
enum class Products { kAll, kUpper };

// Products of channels, averaged over the picture: [N, C, H, W] to [N, P],
// where P is the number of products (Lin et al., 2015; recipe R33). Then each
// value v becomes sign(v) sqrt(|v| + 1e-5), and each row is divided by its
// length, or by 1e-12 where that is more. A value of 0 stays 0, and so does its
// gradient. H and W must be at least 1.
Layer BilinearPool(Products products = Products::kAll);
// P for C channels.
int64_t BilinearSize(int64_t channels, Products products);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_LAYERS_BILINEAR_POOL_H_
