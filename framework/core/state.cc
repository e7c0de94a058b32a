#include "framework/core/state.h"

#include <cstring>

#include "ATen/ops/empty.h"
#include "ATen/ops/scalar_tensor.h"

namespace toque {
namespace {

absl::StatusOr<at::Tensor> Single(const State& state, std::string_view name,
                                  at::ScalarType type) {
  ASSIGN_OR_RETURN(const at::Tensor tensor, state.Get(name));
  if (tensor.scalar_type() != type || tensor.numel() != 1) {
    return absl::DataLossError(absl::StrCat(
        "\"", View(name), "\" must be one ", c10::toString(type), ", got ",
        tensor.numel(), " of ", c10::toString(tensor.scalar_type())));
  }
  return tensor;
}

}  // namespace

void State::Set(std::string_view name, at::Tensor tensor) {
  tensors_.insert_or_assign(std::string(name), std::move(tensor));
}

void State::SetNumber(std::string_view name, double value) {
  Set(name, at::scalar_tensor(value, at::kDouble));
}

void State::SetInteger(std::string_view name, int64_t value) {
  Set(name, at::scalar_tensor(value, at::kLong));
}

void State::SetText(std::string_view name, std::string_view value) {
  at::Tensor bytes = at::empty({static_cast<int64_t>(value.size())}, at::kByte);
  if (!value.empty()) {
    std::memcpy(bytes.mutable_data_ptr(), value.data(), value.size());
  }
  Set(name, bytes);
}

bool State::Has(std::string_view name) const {
  return tensors_.find(name) != tensors_.end();
}

absl::StatusOr<at::Tensor> State::Get(std::string_view name) const {
  const auto found = tensors_.find(name);
  if (found != tensors_.end()) return found->second;
  return absl::NotFoundError(absl::StrCat("\"", View(name), "\" is missing"));
}

absl::StatusOr<double> State::GetNumber(std::string_view name) const {
  ASSIGN_OR_RETURN(const at::Tensor tensor, Single(*this, name, at::kDouble));
  return *tensor.const_data_ptr<double>();
}

absl::StatusOr<int64_t> State::GetInteger(std::string_view name) const {
  ASSIGN_OR_RETURN(const at::Tensor tensor, Single(*this, name, at::kLong));
  return *tensor.const_data_ptr<int64_t>();
}

absl::StatusOr<std::string> State::GetText(std::string_view name) const {
  ASSIGN_OR_RETURN(const at::Tensor tensor, Get(name));
  if (tensor.scalar_type() != at::kByte) {
    return absl::DataLossError(
        absl::StrCat("\"", View(name), "\" must be bytes"));
  }
  return std::string(static_cast<const char*>(tensor.const_data_ptr()),
                     static_cast<size_t>(tensor.numel()));
}

void State::Merge(std::string_view prefix, const State& part) {
  for (const auto& [name, tensor] : part.tensors_) {
    Set(absl::StrCat(View(prefix), ".", name), tensor);
  }
}

State State::Part(std::string_view prefix) const {
  State part;
  const std::string start = absl::StrCat(View(prefix), ".");
  for (auto it = tensors_.lower_bound(start);
       it != tensors_.end() && it->first.starts_with(start); ++it) {
    part.Set(std::string_view(it->first).substr(start.size()), it->second);
  }
  return part;
}

}  // namespace toque
