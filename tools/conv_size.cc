// Tells how large the output of a convolution or pooling is.

#include "framework/layers/conv_size.h"

#include <algorithm>
#include <iostream>

#include "absl/strings/str_join.h"
#include "framework/command/tool.h"
#include "gflags/gflags.h"
#include "tools/sizes.h"

DEFINE_string(input, "224,224", "Sizes of the input, one a dimension.");
DEFINE_string(kernel, "3", "One number for all dimensions, or one for each.");
DEFINE_string(stride, "1", "As --kernel.");
DEFINE_string(padding, "0", "At each end, as --kernel.");
DEFINE_string(dilation, "1", "As --kernel.");
DEFINE_string(output_padding, "0", "Of --transposed, as --kernel.");
DEFINE_bool(transposed, false, "A transposed convolution.");
DEFINE_bool(round_up, false, "Pooling that rounds its size up.");

namespace toque {
namespace {

using Numbers = std::vector<int64_t>;

constexpr char kUsage[] = R"(Tells the size of a convolution's output (R32):

  conv_size --input=224,224 --kernel=7 --stride=2 --padding=3

prints 112,112: floor((input + 2 padding - dilation (kernel - 1) - 1) / stride)
+ 1 for each dimension. Pooling has the same sizes.
)";

// Products of two of them, and sums of these, are numbers yet.
absl::StatusOr<Numbers> BoundedSizes(const std::string& option,
                                     const std::string& text, int64_t least) {
  ASSIGN_OR_RETURN(Numbers numbers, Sizes(option, text, least));
  if (*std::ranges::max_element(numbers) < int64_t{1} << 31) return numbers;
  return Invalid(absl::StrCat(option, " must be below 2^31"), text);
}

// As many numbers as there are dimensions, of one or of all of them.
absl::StatusOr<Numbers> ForEach(const std::string& option,
                                const std::string& text, size_t dimensions,
                                int64_t least) {
  ASSIGN_OR_RETURN(Numbers numbers, BoundedSizes(option, text, least));
  if (numbers.size() == 1) numbers.resize(dimensions, numbers[0]);
  if (numbers.size() == dimensions) return numbers;
  return Invalid(
      absl::StrCat(option, " must be one number or ", dimensions, " of them"),
      text);
}

int64_t OutputSize(int64_t input, const Window& window,
                   int64_t output_padding) {
  if (FLAGS_transposed) {
    return TransposedConvSize(input, window, output_padding);
  }
  return FLAGS_round_up ? PoolSizeRoundedUp(input, window)
                        : ConvSize(input, window);
}

absl::Status CheckForm() {
  if (FLAGS_transposed && FLAGS_round_up) {
    return Invalid("--transposed and --round_up can't both be given");
  }
  if (!FLAGS_transposed && FLAGS_output_padding != "0") {
    return Invalid("--output_padding is of --transposed alone");
  }
  return absl::OkStatus();
}

// What PyTorch demands, too.
absl::Status CheckPadding(const Window& window, int64_t output_padding) {
  if (FLAGS_transposed &&
      output_padding >= std::max(window.stride, window.dilation)) {
    return Invalid("--output_padding must be below --stride or --dilation",
                   output_padding);
  }
  if (FLAGS_round_up && window.padding > window.kernel / 2) {
    return Invalid("--padding must be at most half the --kernel of pooling",
                   window.padding);
  }
  return absl::OkStatus();
}

absl::Status Main(const std::vector<std::string>& words) {
  RETURN_IF_ERROR(CheckNoWords(words));
  RETURN_IF_ERROR(CheckForm());
  ASSIGN_OR_RETURN(const Numbers input,
                   BoundedSizes("--input", FLAGS_input, 1));
  const size_t n = input.size();
  ASSIGN_OR_RETURN(const Numbers kernel,
                   ForEach("--kernel", FLAGS_kernel, n, 1));
  ASSIGN_OR_RETURN(const Numbers stride,
                   ForEach("--stride", FLAGS_stride, n, 1));
  ASSIGN_OR_RETURN(const Numbers padding,
                   ForEach("--padding", FLAGS_padding, n, 0));
  ASSIGN_OR_RETURN(const Numbers dilation,
                   ForEach("--dilation", FLAGS_dilation, n, 1));
  ASSIGN_OR_RETURN(const Numbers output_padding,
                   ForEach("--output_padding", FLAGS_output_padding, n, 0));
  Numbers output;
  for (size_t i = 0; i < n; ++i) {
    const Window window{kernel[i], stride[i], padding[i], dilation[i]};
    RETURN_IF_ERROR(CheckPadding(window, output_padding[i]));
    output.push_back(OutputSize(input[i], window, output_padding[i]));
    if (output.back() > 0) continue;
    return Invalid("the window must fit into the padded input",
                   absl::StrCat("an input of ", input[i]));
  }
  std::cout << absl::StrJoin(output, ",") << "\n";
  return absl::OkStatus();
}

}  // namespace
}  // namespace toque

int main(int argc, char** argv) {
  return toque::ToolMain(toque::kUsage, argc, argv, toque::Main);
}
