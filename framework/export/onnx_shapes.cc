#include <limits>
#include <numeric>
#include <utility>

#include "framework/export/onnx_writer.h"

namespace toque {
namespace {

// view, flatten, squeeze and all others that leave the order of values.
absl::Status Reshape(OnnxWriter& w) {
  return w.Result("Reshape", {w.Tensor("self"), w.Sizes(w.ResultShape())});
}

absl::Status Expand(OnnxWriter& w) {
  return w.Result("Expand", {w.Tensor("self"), w.Sizes(w.ResultShape())});
}

absl::Status Zeros(OnnxWriter& w) {
  return w.Result("Expand", {w.Number(0), w.Sizes(w.ResultShape())});
}

absl::Status Permute(OnnxWriter& w) {
  std::vector<int64_t> order;
  for (const int64_t dimension : w.Ints("dims")) {
    order.push_back(w.Dimension("self", dimension));
  }
  return w.Result("Transpose", {w.Tensor("self")}, {{"perm", order}});
}

absl::Status Swap(OnnxWriter& w, int64_t a, int64_t b) {
  std::vector<int64_t> order(w.Shape("self").size());
  std::iota(order.begin(), order.end(), 0);
  std::swap(order[static_cast<size_t>(a)], order[static_cast<size_t>(b)]);
  return w.Result("Transpose", {w.Tensor("self")}, {{"perm", order}});
}

absl::Status Transpose(OnnxWriter& w) {
  return Swap(w, w.Dimension("self", w.Int("dim0")),
              w.Dimension("self", w.Int("dim1")));
}

absl::Status T(OnnxWriter& w) { return Swap(w, 0, 1); }

absl::Status Concat(OnnxWriter& w) {
  return w.Result("Concat", w.Tensors("tensors"), {{"axis", w.Int("dim")}});
}

absl::Status Slice(OnnxWriter& w) {
  const int64_t begin = w.Has("start") ? w.Int("start") : 0;
  const int64_t end =
      w.Has("end") ? w.Int("end") : std::numeric_limits<int64_t>::max();
  return w.Result("Slice",
                  {w.Tensor("self"), w.Integers({begin}), w.Integers({end}),
                   w.Integers({w.Int("dim")}), w.Integers({w.Int("step")})});
}

absl::Status Narrow(OnnxWriter& w) {
  const int64_t begin = w.Int("start");
  return w.Result("Slice", {w.Tensor("self"), w.Integers({begin}),
                            w.Integers({begin + w.Int("length")}),
                            w.Integers({w.Int("dim")})});
}

absl::Status Select(OnnxWriter& w) {
  return w.Result("Gather", {w.Tensor("self"), w.Integer(w.Int("index"))},
                  {{"axis", w.Int("dim")}});
}

absl::Status IndexSelect(OnnxWriter& w) {
  return w.Result("Gather", {w.Tensor("self"), w.Tensor("index")},
                  {{"axis", w.Int("dim")}});
}

// chunk and its like, into the sizes that the trace has seen.
absl::Status Split(OnnxWriter& w) {
  const auto dimension = static_cast<size_t>(w.Dimension("self", w.Int("dim")));
  std::vector<int64_t> sizes;
  for (size_t i = 0; i < w.operation().outputs.size(); ++i) {
    const Size& size = w.ResultShape(i)[dimension];
    if (size.per_example) return Invalid("must not split the batch");
    sizes.push_back(size.value);
  }
  return w.Results("Split", {w.Tensor("self"), w.Integers(sizes)},
                   {{"axis", static_cast<int64_t>(dimension)}});
}

// ATen lists the ends of the last dimension first.
absl::Status Pad(OnnxWriter& w) {
  const auto pad = w.Ints("pad");
  const size_t rank = w.Shape("self").size();
  std::vector<int64_t> ends(2 * rank, 0);
  for (size_t i = 0; i < pad.size() / 2; ++i) {
    ends[rank - 1 - i] = pad[2 * i];
    ends[2 * rank - 1 - i] = pad[2 * i + 1];
  }
  return w.Result(
      "Pad", {w.Tensor("self"), w.Integers(ends), w.Number(w.Double("value"))});
}

}  // namespace

const OnnxOperations& OnnxShapes() {
  static const auto* const operations =
      new OnnxOperations({{"_unsafe_view", Reshape},
                          {"cat", Concat},
                          {"chunk", Split},
                          {"constant_pad_nd", Pad},
                          {"expand", Expand},
                          {"flatten", Reshape},
                          {"index_select", IndexSelect},
                          {"narrow", Narrow},
                          {"permute", Permute},
                          {"reshape", Reshape},
                          {"select", Select},
                          {"slice", Slice},
                          {"split", Split},
                          {"split_with_sizes", Split},
                          {"squeeze", Reshape},
                          {"t", T},
                          {"transpose", Transpose},
                          {"unflatten", Reshape},
                          {"unsqueeze", Reshape},
                          {"view", Reshape},
                          {"zeros", Zeros}});
  return *operations;
}

}  // namespace toque
