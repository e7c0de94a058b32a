#include <memory>
#include <vector>

#include "ATen/ops/zeros.h"
#include "framework/core/snippet.h"
#include "framework/tensors/describe.h"
#include "framework/tensors/span.h"
#include "plugins/snippets/tensor_to_array/tensor_to_array.pb.h"

namespace toque {
namespace {

void Show(Page& page) {
  const at::Tensor x = at::zeros({2, 3});
  const absl::Span<float> array = AsSpan<float>(x).value();
  array[4] = 7;
  page.Line("x: ", ValuesText(x));
  page.Claim(array.data() == x.const_data_ptr(),
             "array and tensor are the same memory");

  // The tensor takes the vector.
  const at::Tensor own = FromVector<int16_t>({1, 2, 3, 4}, {2, 2}).value();
  page.Line("own: ", Describe(own), ", ", ValuesText(own));
  at::Tensor cast = own.to(at::kFloat);
  cast.zero_();
  page.Line("own after own.to(at::kFloat).zero_(): ", ValuesText(own));
  page.Claim(cast.const_data_ptr() != own.const_data_ptr() &&
                 AsSpan<int16_t>(own).value()[3] == 4,
             "a cast from another type is a copy");

  // The tensor holds what keeps someone else's numbers alive.
  auto owner = std::make_shared<std::vector<float>>(4, 0.5F);
  const std::weak_ptr<std::vector<float>> watch = owner;
  at::Tensor y = FromSpan(absl::MakeSpan(*owner), {4}, owner).value();
  page.Claim(y.const_data_ptr() == owner->data(), "nothing is copied");
  page.Claim(y.to(at::kFloat).const_data_ptr() == owner->data(),
             "nor by a cast to the type it has");
  owner.reset();
  page.Claim(!watch.expired(), "the numbers live as long as the tensor");
  y = at::Tensor();
  page.Claim(watch.expired(), "and no longer");

  page.Trap("another type is an error", AsSpan<double>(x).status());
  page.Trap("so is a transpose; copy it first, x.t().contiguous()",
            AsSpan<float>(x.t()).status());
  page.Trap("so is what autograd watches",
            AsSpan<float>(x.clone().set_requires_grad(true)).status());
}

Made<Snippet> MakeTensorToArray(const snippet::TensorToArray&) {
  return SnippetOf(Show);
}

TOQUE_PLUGIN(MakeTensorToArray);

}  // namespace
}  // namespace toque
