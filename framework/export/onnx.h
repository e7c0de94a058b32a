// Models in ONNX's format.

#ifndef TOQUE_FRAMEWORK_EXPORT_ONNX_H_
#define TOQUE_FRAMEWORK_EXPORT_ONNX_H_

#include <string>

#include "framework/export/metadata.h"
#include "framework/export/trace.h"

namespace toque {

// The bytes of an .onnx file, operators of version 17: input "input", output
// "output", batches of any size. The error of an operation that can't be
// written names it and its layer. What is known of `metadata` stands in the
// file's metadata_props: "classes", a JSON array, and "transforms".
absl::StatusOr<std::string> OnnxModel(const Trace& trace,
                                      const NetMetadata& metadata = {});

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_EXPORT_ONNX_H_
