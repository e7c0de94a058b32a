#include "ATen/ops/randn.h"
#include "framework/core/snippet.h"
#include "plugins/snippets/expand/expand.pb.h"

namespace toque {
namespace {

// A feature vector an example, at each place of a 7 x 7 map.
absl::Status Show(std::ostream& out) {
  const at::Tensor features = at::randn({64, 512});
  at::Tensor map = features.reshape({64, 512, 1, 1}).expand({64, 512, 7, 7});
  out << "features: " << features.sizes() << "\n"
      << "map: " << map.sizes() << ", strides " << map.strides() << "\n";
  RETURN_IF_ERROR(Claim(map.strides() == at::IntArrayRef({512, 1, 0, 0}),
                        "an expanded axis has stride 0"));
  RETURN_IF_ERROR(Claim(map.const_data_ptr() == features.const_data_ptr(),
                        "the map shares the memory of the features"));

  // Trap: 49 places are one number in memory, so none can be written alone.
  const std::string fault = ErrorOf([&] { map.mul_(2); });
  out << "map.mul_(2): " << fault << "\n";
  RETURN_IF_ERROR(Claim(!fault.empty(), "writing in place raises"));

  const at::Tensor copy = map.contiguous();
  out << "map.contiguous(): strides " << copy.strides() << "\n";
  return Claim(ErrorOf([&] { copy.mul_(2); }).empty(),
               "a contiguous copy can be written");
}

Made<Snippet> MakeExpand(const snippet::Expand&) { return SnippetOf(Show); }

TOQUE_PLUGIN(MakeExpand);

}  // namespace
}  // namespace toque
