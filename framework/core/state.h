// What a checkpoint holds: tensors by name.

#ifndef TOQUE_FRAMEWORK_CORE_STATE_H_
#define TOQUE_FRAMEWORK_CORE_STATE_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ATen/core/Tensor.h"
#include "framework/status.h"

namespace toque {

using NamedTensors = std::vector<std::pair<std::string, at::Tensor>>;

// Tensors sorted by name. Numbers and texts are tensors too, so that one flat
// file holds everything and any reader of safetensors can look at it.
class State {
 public:
  void Set(std::string_view name, at::Tensor tensor);
  void SetNumber(std::string_view name, double value);          // float64 []
  void SetInteger(std::string_view name, int64_t value);        // int64 []
  void SetText(std::string_view name, std::string_view value);  // uint8 [n]

  bool Has(std::string_view name) const;
  // Errors name what is missing or of another type.
  absl::StatusOr<at::Tensor> Get(std::string_view name) const;
  absl::StatusOr<double> GetNumber(std::string_view name) const;
  absl::StatusOr<int64_t> GetInteger(std::string_view name) const;
  absl::StatusOr<std::string> GetText(std::string_view name) const;

  // Everything of `part` under "prefix." and back again.
  void Merge(std::string_view prefix, const State& part);
  State Part(std::string_view prefix) const;

  const std::map<std::string, at::Tensor, std::less<>>& tensors() const {
    return tensors_;
  }

 private:
  std::map<std::string, at::Tensor, std::less<>> tensors_;
};

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_CORE_STATE_H_
