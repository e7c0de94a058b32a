#include "framework/export/trace.h"

#include <algorithm>
#include <type_traits>

#include "framework/export/record.h"

namespace toque {
namespace {

constexpr int64_t kFew = 2;  // sizes of the two batches
constexpr int64_t kMore = 3;

// What is `few` of kFew examples and `more` of kMore.
absl::StatusOr<Size> Merge(const Size& few, const Size& more) {
  if (few == more) return few;
  const int64_t each = more.value - few.value;
  if (few.value == each * kFew) return Size{each, /*per_example=*/true};
  return Invalid(absl::StrCat("sizes must be multiples of the batch's or the"
                              " same for all batches"),
                 absl::StrCat(few.value, " for ", kFew, " and ", more.value,
                              " for ", kMore, " examples"));
}

absl::StatusOr<std::vector<Size>> Merge(const std::vector<Size>& few,
                                        const std::vector<Size>& more) {
  if (few.size() != more.size()) return Invalid("shapes must not differ");
  std::vector<Size> merged;
  for (size_t i = 0; i < few.size(); ++i) {
    ASSIGN_OR_RETURN(merged.emplace_back(), Merge(few[i], more[i]));
  }
  return merged;
}

// Into `few`.
absl::Status MergeArgument(const Argument& more, Argument* few) {
  if (auto* size = std::get_if<Size>(&few->value)) {
    const auto* other = std::get_if<Size>(&more.value);
    if (other == nullptr) return Invalid("must be a number for all batches");
    ASSIGN_OR_RETURN(*size, Merge(*size, *other));
    return absl::OkStatus();
  }
  if (auto* sizes = std::get_if<std::vector<Size>>(&few->value)) {
    const auto* other = std::get_if<std::vector<Size>>(&more.value);
    if (other == nullptr) return Invalid("must be numbers for all batches");
    ASSIGN_OR_RETURN(*sizes, Merge(*sizes, *other));
    return absl::OkStatus();
  }
  if (few->value == more.value) return absl::OkStatus();
  return Invalid("must be the same for all batches");
}

absl::Status MergeOperation(const Operation& more, Operation* few) {
  if (few->name != more.name || few->outputs != more.outputs ||
      few->arguments.size() != more.arguments.size()) {
    return Invalid("must be the same for all batches", PlaceOf(more));
  }
  for (size_t i = 0; i < few->arguments.size(); ++i) {
    Argument& argument = few->arguments[i];
    RETURN_IF_ERROR(
        AtPlace(MergeArgument(more.arguments[i], &argument), argument.name));
    argument.is_default &= more.arguments[i].is_default;
  }
  return absl::OkStatus();
}

bool AreSame(const at::Tensor& few, const at::Tensor& more) {
  return few.is_same(more) ||
         (few.scalar_type() == more.scalar_type() && few.equal(more));
}

absl::Status MergeValue(const TracedValue& more, TracedValue* few) {
  if (few->tensor.defined() && !AreSame(few->tensor, more.tensor)) {
    return Invalid("constants must be the same for all batches");
  }
  ASSIGN_OR_RETURN(few->shape, Merge(few->shape, more.shape));
  return absl::OkStatus();
}

void ForEachRef(const Operation& operation, const auto& see) {
  for (const Argument& argument : operation.arguments) {
    if (const auto* one = std::get_if<Ref>(&argument.value)) see(one->value);
    if (const auto* all = std::get_if<std::vector<Ref>>(&argument.value)) {
      for (const Ref& ref : *all) see(ref.value);
    }
  }
}

// Without what the output doesn't depend on.
void Prune(Trace* trace) {
  std::vector<bool> used(trace->values.size());
  used[trace->output] = true;
  auto& operations = trace->operations;
  for (auto i = operations.rbegin(); i != operations.rend(); ++i) {
    const bool needed = std::ranges::any_of(
        i->outputs, [&used](size_t output) { return used[output]; });
    if (!needed) {
      i->outputs.clear();
      continue;
    }
    ForEachRef(*i, [&used](size_t value) { used[value] = true; });
  }
  std::erase_if(operations,
                [](const Operation& one) { return one.outputs.empty(); });
  std::erase_if(trace->stored, [trace, &used](size_t value) {
    return !used[value] && trace->values[value].name.starts_with("constant_");
  });
}

}  // namespace

std::string PlaceOf(const Operation& operation) {
  const bool own = operation.layer.empty();
  return absl::StrCat(operation.layer, own ? "" : ": ", operation.name);
}

const Argument* Find(const Operation& operation, std::string_view name) {
  for (const Argument& argument : operation.arguments) {
    if (argument.name == name) return &argument;
  }
  return nullptr;
}

absl::StatusOr<Trace> TraceModel(Model& model) {
  ASSIGN_OR_RETURN(Trace few, Record(model, kFew));
  ASSIGN_OR_RETURN(const Trace more, Record(model, kMore));
  if (few.operations.size() != more.operations.size() ||
      few.values.size() != more.values.size()) {
    return Invalid("a model must do the same to batches of all sizes");
  }
  for (size_t i = 0; i < few.operations.size(); ++i) {
    Operation& operation = few.operations[i];
    RETURN_IF_ERROR(AtPlace(MergeOperation(more.operations[i], &operation),
                            PlaceOf(operation)));
    for (const size_t output : operation.outputs) {
      RETURN_IF_ERROR(
          AtPlace(MergeValue(more.values[output], &few.values[output]),
                  PlaceOf(operation)));
    }
  }
  for (const size_t value : few.stored) {
    RETURN_IF_ERROR(AtPlace(MergeValue(more.values[value], &few.values[value]),
                            few.values[value].name));
  }
  ASSIGN_OR_RETURN(
      few.values[few.input].shape,
      Merge(few.values[few.input].shape, more.values[more.input].shape));
  Prune(&few);
  return few;
}

}  // namespace toque
