#include "framework/testing/tensor_matchers.h"

#include <sstream>
#include <vector>

#include "framework/tensors/describe.h"

namespace toque {
namespace {

// The place of an element that has this number in row-major order.
std::vector<int64_t> PlaceOf(int64_t number, at::IntArrayRef sizes) {
  std::vector<int64_t> place(sizes.size());
  for (size_t axis = sizes.size(); axis-- > 0;) {
    place[axis] = number % sizes[axis];
    number /= sizes[axis];
  }
  return place;
}

template <typename Value>
void PrintPair(const at::Tensor& got, const at::Tensor& expected,
               int64_t number, std::ostream& out) {
  out << "got " << got.flatten()[number].item<Value>() << ", expected "
      << expected.flatten()[number].item<Value>();
}

}  // namespace

std::string Difference(const at::Tensor& got, const at::Tensor& expected,
                       double rtol, double atol) {
  const std::string type = TypeAndShape(got);
  const std::string wanted = TypeAndShape(expected);
  if (type != wanted) return "is " + type + ", expected " + wanted;
  if (!got.defined()) return "";
  const at::Tensor here = got.detach().cpu();
  const at::Tensor there = expected.detach().cpu();
  at::Tensor far = here.ne(there);
  if (rtol > 0 || atol > 0) far = here.isclose(there, rtol, atol).logical_not();
  const int64_t count = far.sum().item<int64_t>();
  if (count == 0) return "";
  const int64_t first = far.flatten().nonzero()[0].item<int64_t>();
  std::ostringstream text;
  text.precision(9);
  text << count << " of " << here.numel() << " elements differ, first at "
       << at::IntArrayRef(PlaceOf(first, here.sizes())) << ": ";
  here.is_floating_point() ? PrintPair<double>(here, there, first, text)
                           : PrintPair<int64_t>(here, there, first, text);
  return text.str();
}

bool AllClose::MatchAndExplain(const at::Tensor& got, std::ostream* out) const {
  const std::string difference = Difference(got, expected_, rtol_, atol_);
  if (out != nullptr) *out << difference;
  return difference.empty();
}

void AllClose::DescribeTo(std::ostream* out) const {
  *out << TypeAndShape(expected_);
  if (rtol_ == 0 && atol_ == 0) {
    *out << " with the expected values";
  } else {
    *out << " within " << atol_ << " + " << rtol_
         << " |expected| of the expected values";
  }
}

void AllClose::DescribeNegationTo(std::ostream* out) const {
  *out << "is not ";
  DescribeTo(out);
}

}  // namespace toque
