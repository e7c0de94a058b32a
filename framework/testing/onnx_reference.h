// Graphs run by the definitions of ONNX's operators; for tests.

#ifndef TOQUE_FRAMEWORK_TESTING_ONNX_REFERENCE_H_
#define TOQUE_FRAMEWORK_TESTING_ONNX_REFERENCE_H_

#include "ATen/core/Tensor.h"
#include "framework/export/onnx.pb.h"

namespace toque {

// The graph's output. Throws at an operator that isn't known here: those of
// norms, pooling and recurrent layers are, and what stands around them.
at::Tensor RunOnnx(const onnx::GraphProto& graph, const at::Tensor& input);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_TESTING_ONNX_REFERENCE_H_
