// One run of a model, written down; for trace.cc.

#ifndef TOQUE_FRAMEWORK_EXPORT_RECORD_H_
#define TOQUE_FRAMEWORK_EXPORT_RECORD_H_

#include "framework/export/trace.h"

namespace toque {

// The run of a batch of `batch` examples, whose numbers are all plain.
absl::StatusOr<Trace> Record(Model& model, int64_t batch);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_EXPORT_RECORD_H_
