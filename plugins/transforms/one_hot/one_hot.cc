#include <algorithm>

#include "framework/core/option_checks.h"
#include "framework/core/transform.h"
#include "plugins/transforms/one_hot/one_hot.pb.h"

namespace toque {
namespace {

struct OneHot : Transform {
  OneHot(int64_t classes, at::ScalarType type) : classes(classes), type(type) {}

  absl::Status Apply(Example& example, Rng&) const override {
    if (example.target_kind() != TargetKind::kLabel) {
      return Invalid("the target must be a label", "values");
    }
    const int64_t label = example.label();
    if (label < 0 || label >= classes) {
      return Invalid(absl::StrCat("the label must be in 0..", classes - 1),
                     label);
    }
    const absl::Span<float> row = example.SetTarget(classes, type);
    std::fill(row.begin(), row.end(), 0.0f);
    row[static_cast<size_t>(label)] = 1;
    return absl::OkStatus();
  }

  int64_t classes;
  at::ScalarType type;
};

Made<Transform> MakeOneHot(const recipe::OneHot& options,
                           const Context& context) {
  const int64_t classes =
      options.has_classes() ? options.classes() : context.dataset().classes;
  RETURN_IF_ERROR(AtLeast("classes, given or the data set's,", classes, 1));
  return std::make_unique<OneHot>(
      classes,
      options.type() == recipe::OneHot::INT64 ? at::kLong : at::kFloat);
}

TOQUE_PLUGIN(MakeOneHot);

}  // namespace
}  // namespace toque
