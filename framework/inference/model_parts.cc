#include "framework/inference/model_parts.h"

#include <memory>
#include <unordered_set>

namespace toque {

NamedLayers FindModules(
    const Block& model,
    const std::function<bool(std::string_view, const Block&)>& wanted) {
  NamedLayers found;
  std::unordered_set<const Block*> seen;
  for (const auto& module : model.named_modules("", /*include_self=*/false)) {
    auto part = std::dynamic_pointer_cast<Block>(module.value());
    if (part == nullptr || !seen.insert(part.get()).second) continue;
    if (wanted(module.key(), *part)) found.emplace_back(module.key(), part);
  }
  return found;
}

NamedLayers FindModules(const Block& model, std::string_view type) {
  return FindModules(model, [type](std::string_view, const Block& part) {
    const std::string text = part.Describe();
    return std::string_view(text).substr(0, text.find('(')) == type;
  });
}

Layer SliceChildren(const Block& model, int64_t begin, int64_t end) {
  const auto children = model.named_children();
  const int64_t size = static_cast<int64_t>(children.size());
  TORCH_CHECK(0 <= begin && begin < end && end <= size,
              "begin and end must be a part of the ", size, " children, got ",
              begin, " and ", end);
  NamedLayers slice;
  for (int64_t i = begin; i < end; ++i) {
    const auto& child = children[static_cast<size_t>(i)];
    auto part = std::dynamic_pointer_cast<Block>(child.value());
    TORCH_CHECK(part != nullptr, "children must be blocks, got ",
                child.value()->name(), " as ", child.key());
    slice.emplace_back(child.key(), std::move(part));
  }
  return NamedSequential(std::move(slice));
}

}  // namespace toque
