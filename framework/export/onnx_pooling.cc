#include <algorithm>

#include "ATen/ops/zeros.h"
#include "framework/export/onnx_writer.h"

namespace toque {
namespace {

using Numbers = std::vector<int64_t>;

// Of the last dimensions, a number for each.
struct Windows {
  Numbers kernel, stride, padding, dilation;
};

// One number stands for all dimensions.
Numbers Each(const Numbers& sizes, size_t dimensions) {
  return sizes.size() == 1 ? Numbers(dimensions, sizes[0]) : sizes;
}

Windows WindowsOf(const OnnxWriter& w) {
  const size_t dimensions = w.Shape("self").size() - 2;
  const auto each = [&w, dimensions](const char* argument) {
    return Each(w.Ints(argument), dimensions);
  };
  Windows windows{each("kernel_size"), each("stride"), each("padding"), {}};
  if (windows.stride.empty()) windows.stride = windows.kernel;
  windows.dilation =
      w.Has("dilation") ? each("dilation") : Numbers(dimensions, 1);
  return windows;
}

// How far the last window of each dimension reaches past the padding: where
// the size is rounded up. ONNX has a ceil_mode, but runtimes and versions
// differ in what it means, so that this is padded instead.
Numbers Past(const OnnxWriter& w, const Windows& windows) {
  Numbers past;
  for (size_t i = 0; i < windows.kernel.size(); ++i) {
    const int64_t size = w.Shape("self")[i + 2].value + 2 * windows.padding[i];
    const int64_t begin =
        (w.ResultShape()[i + 2].value - 1) * windows.stride[i];
    const int64_t extent = windows.dilation[i] * (windows.kernel[i] - 1) + 1;
    past.push_back(std::max<int64_t>(begin + extent - size, 0));
  }
  return past;
}

// As ONNX lists it: what stands before each dimension, then what behind.
Numbers Ends(const Numbers& padding, const Numbers& past) {
  Numbers ends = padding;
  for (size_t i = 0; i < padding.size(); ++i) {
    ends.push_back(padding[i] + past[i]);
  }
  return ends;
}

absl::Status MaxPool(OnnxWriter& w) {
  const Windows windows = WindowsOf(w);
  return w.Result("MaxPool", {w.Tensor("self")},
                  {{"kernel_shape", windows.kernel},
                   {"strides", windows.stride},
                   {"pads", Ends(windows.padding, Past(w, windows))},
                   {"dilations", windows.dilation}});
}

// "self" between zeros.
std::string Padded(OnnxWriter& w, const Numbers& padding) {
  Numbers ends;
  for (int end = 0; end < 2; ++end) {
    ends.insert(ends.end(), 2, 0);
    ends.insert(ends.end(), padding.begin(), padding.end());
  }
  return w.Node("Pad", {w.Tensor("self"), w.Integers(ends)});
}

absl::Status AvgPool(OnnxWriter& w) {
  if (w.Has("divisor_override")) return Invalid("must divide by its window");
  const Windows windows = WindowsOf(w);
  const Numbers none(windows.kernel.size(), 0);
  const Numbers past = Past(w, windows);
  Numbers padding = windows.padding;
  bool counted = w.Bool("count_include_pad");
  std::string input = w.Tensor("self");
  // ONNX counts all that is padded or nothing; ATen never what lies past.
  if (counted && past != none) {
    if (padding != none) input = Padded(w, padding);
    padding = none;
    counted = false;
  }
  return w.Result("AveragePool", {input},
                  {{"kernel_shape", windows.kernel},
                   {"strides", windows.stride},
                   {"pads", Ends(padding, past)},
                   {"count_include_pad", int64_t{counted}}});
}

// [out, in]: what each value of the input adds to those of the output.
at::Tensor Shares(int64_t in, int64_t out) {
  at::Tensor shares = at::zeros({out, in});
  for (int64_t i = 0; i < out; ++i) {
    const int64_t begin = i * in / out;
    const int64_t end = ((i + 1) * in + out - 1) / out;
    shares[i]
        .slice(0, begin, end)
        .fill_(1.0 / static_cast<double>(end - begin));
  }
  return shares;
}

// As windows of several sizes are no ONNX operator: the mean over rows, then
// that over columns.
absl::Status AdaptiveByShares(OnnxWriter& w, const Numbers& in,
                              const Numbers& out) {
  const auto type = w.ValueOf("self").type;
  const std::string rows = w.Constant(Shares(in[0], out[0]).to(type));
  const std::string columns = w.Constant(Shares(in[1], out[1]).t().to(type));
  const std::string fewer_rows = w.Node("MatMul", {rows, w.Tensor("self")});
  return w.Result("MatMul", {fewer_rows, columns});
}

absl::Status AdaptiveAvgPool(OnnxWriter& w) {
  const Numbers out = w.Ints("output_size");
  if (out == Numbers{1, 1}) {
    return w.Result("GlobalAveragePool", {w.Tensor("self")});
  }
  const auto& shape = w.Shape("self");
  Numbers in, window;
  bool even = true;
  for (size_t i = 0; i < out.size(); ++i) {
    in.push_back(shape[shape.size() - out.size() + i].value);
    window.push_back(in[i] / out[i]);
    even &= in[i] % out[i] == 0;
  }
  if (!even) return AdaptiveByShares(w, in, out);
  return w.Result("AveragePool", {w.Tensor("self")},
                  {{"kernel_shape", window}, {"strides", window}});
}

}  // namespace

const OnnxOperations& OnnxPooling() {
  static const auto* const operations =
      new OnnxOperations({{"adaptive_avg_pool2d", AdaptiveAvgPool},
                          {"avg_pool2d", AvgPool},
                          {"max_pool2d", MaxPool}});
  return *operations;
}

}  // namespace toque
