#include "framework/loader/fill.h"

#include <algorithm>
#include <utility>

namespace toque {
namespace {

bool MayLeaveOut(const LoaderOptions& options, const absl::Status& status) {
  return options.on_broken == OnBroken::kSkip && absl::IsDataLoss(status);
}

absl::Status NoneWhole(int64_t examples, const absl::Status& first) {
  return Invalid(absl::StrCat("one of the ", examples,
                              " examples of a batch must be whole"),
                 first.message());
}

}  // namespace

void Filled::Add(Filled other) {
  if (!other.status.ok()) status.Update(std::move(other.status));
  broken += other.broken;
  if (other.why_left_out.ok()) return;
  if (!why_left_out.ok() && left_out < other.left_out) return;
  left_out = other.left_out;
  why_left_out = std::move(other.why_left_out);
}

absl::StatusOr<ExampleForm> FormOfFirst(const LoaderOptions& options,
                                        const ExampleReader& reader,
                                        const std::vector<int64_t>& order,
                                        Example* example) {
  const auto size = static_cast<int64_t>(order.size());
  const int64_t first = options.batch * options.batch_size % size;
  const int64_t end = std::min(first + options.batch_size, size);
  ExampleForm form;
  const auto learn = [&form, example, &options] {
    form = ExampleForm::Of(*example, options.pixels);
    return absl::OkStatus();
  };
  absl::Status why;
  for (int64_t place = first; place < end; ++place) {
    const int64_t index = order[static_cast<size_t>(place)];
    const auto made =
        reader.Make({index, options.epoch, place}, example, learn);
    if (made.ok()) {
      if (form.images || options.pixels.type == PixelForm::kFloat32) {
        return form;
      }
      return Invalid("pixels must be FLOAT32 for examples that are no images");
    }
    if (!MayLeaveOut(options, made.status())) return made.status();
    why.Update(made.status());
  }
  return NoneWhole(end - first, why);
}

Filled Fill(const LoaderOptions& options, const ExampleReader& reader,
            const Rows& rows, Example* example, BatchMemory* memory) {
  Filled filled;
  for (int64_t row = rows.begin; row < rows.end; ++row) {
    int64_t& index = memory->index()[static_cast<size_t>(row)];
    const auto made = reader.Make(
        {index, rows.epoch, rows.first_place + row}, example,
        [&] { return memory->Write(row, *example, options.label_limit); });
    if (made.ok()) {
      if (*made != index) ++filled.broken;
      index = *made;
      continue;
    }
    if (!MayLeaveOut(options, made.status())) {
      filled.status = made.status();
      break;
    }
    memory->LeaveOut(row);
    filled.Add({absl::OkStatus(), 1, row, made.status()});
  }
  return filled;
}

absl::Status Close(const Filled& filled, BatchMemory* memory) {
  RETURN_IF_ERROR(filled.status);
  if (memory->Close() > 0) return absl::OkStatus();
  return NoneWhole(memory->size(), filled.why_left_out);
}

}  // namespace toque
