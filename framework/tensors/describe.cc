#include "framework/tensors/describe.h"

#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "framework/core/dtype.h"

namespace toque {
namespace {

// "[N=3, C=4]"; an axis without name has its size alone.
std::string NamedShapeText(const at::Tensor& tensor) {
  std::string text;
  for (int64_t axis = 0; axis < tensor.dim(); ++axis) {
    const at::Dimname name = tensor.names()[static_cast<size_t>(axis)];
    absl::StrAppend(&text, text.empty() ? "" : ", ");
    if (!name.isWildcard()) {
      absl::StrAppend(&text, name.symbol().toUnqualString(), "=");
    }
    absl::StrAppend(&text, tensor.size(axis));
  }
  return absl::StrCat("[", text, "]");
}

// ", strides [1, 4]", or ", sparse"; "" where nothing is special.
std::string LayoutText(const at::Tensor& tensor) {
  if (tensor.layout() != at::kStrided) {
    return absl::StrCat(", ", absl::AsciiStrToLower(c10::str(tensor.layout())));
  }
  if (tensor.is_contiguous()) return "";
  return absl::StrCat(", strides ", ShapeText(tensor.strides()));
}

}  // namespace

std::string ShapeText(at::IntArrayRef sizes) {
  return absl::StrCat("[", absl::StrJoin(sizes, ", "), "]");
}

std::string TypeAndShape(const at::Tensor& tensor) {
  if (!tensor.defined()) return "undefined";
  return absl::StrCat(
      DTypeName(tensor.scalar_type()), " ",
      tensor.has_names() ? NamedShapeText(tensor) : ShapeText(tensor.sizes()));
}

std::string Describe(const at::Tensor& tensor) {
  if (!tensor.defined()) return "undefined";
  return absl::StrCat(TypeAndShape(tensor), " ", tensor.device().str(),
                      LayoutText(tensor),
                      tensor.requires_grad() ? ", requires grad" : "");
}

std::string ValuesText(const at::Tensor& tensor) {
  if (tensor.dim() == 0) {
    if (tensor.scalar_type() == at::kBool) {
      return tensor.item<bool>() ? "true" : "false";
    }
    return tensor.is_floating_point() ? absl::StrCat(tensor.item<double>())
                                      : absl::StrCat(tensor.item<int64_t>());
  }
  std::vector<std::string> rows;
  for (int64_t row = 0; row < tensor.size(0); ++row) {
    rows.push_back(ValuesText(tensor.select(0, row)));
  }
  return absl::StrCat("[", absl::StrJoin(rows, ", "), "]");
}

}  // namespace toque
