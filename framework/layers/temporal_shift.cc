#include "framework/layers/temporal_shift.h"

#include "ATen/ops/cat.h"
#include "ATen/ops/constant_pad_nd.h"
#include "framework/core/check_shape.h"

namespace toque {
namespace {

// `maps` with each frame in the place of the one after it, or before it.
at::Tensor Moved(const at::Tensor& maps, int64_t segments, bool later) {
  const at::Tensor kept =
      maps.unflatten(0, {-1, segments}).narrow(1, later ? 0 : 1, segments - 1);
  const int64_t before = later ? 1 : 0;
  return at::constant_pad_nd(kept, {0, 0, 0, 0, 0, 0, before, 1 - before})
      .flatten(0, 1)
      .contiguous(maps.suggest_memory_format());
}

}  // namespace

at::Tensor ShiftInTime(const at::Tensor& maps, int64_t segments,
                       int64_t fraction) {
  CHECK_SHAPE(maps, {kAny, kAny, kAny, kAny});
  const int64_t fold = maps.size(1) / fraction;
  TORCH_CHECK(fold > 0, "a temporal shift by 1 / ", fraction,
              " needs as many channels, got ", maps.size(1));
  TORCH_CHECK(maps.size(0) % segments == 0, "clips must have ", segments,
              " frames each, got ", maps.size(0), " in all");
  return at::cat({Moved(maps.narrow(1, 0, fold), segments, /*later=*/false),
                  Moved(maps.narrow(1, fold, fold), segments, /*later=*/true),
                  maps.slice(1, 2 * fold)},
                 1);
}

}  // namespace toque
