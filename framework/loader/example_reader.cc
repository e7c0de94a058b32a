#include "framework/loader/example_reader.h"

#include <algorithm>

#include "framework/guarded.h"

namespace toque {

absl::StatusOr<int64_t> ExampleReader::Make(
    const Place& place, Example* example,
    absl::FunctionRef<absl::Status()> use) const {
  const bool replace = options_.on_broken == OnBroken::kReplace;
  const int64_t others = options_.end - options_.begin - 1;
  const int64_t tries = replace ? std::min(options_.replacements, others) : 0;
  int64_t index = place.index;
  for (int64_t tried = 0;; ++tried) {
    const absl::Status status = MakeOne(index, place, example, use);
    if (status.ok()) return index;
    const bool ends = options_.on_broken == OnBroken::kFail;
    if (ends || !absl::IsDataLoss(status)) return status;
    options_.broken_log->Add(index, status, replace ? "replaced" : "left out");
    if (!replace) return status;
    if (tried == tries) {
      return Invalid(absl::StrCat("one of the ", tries, " examples after ",
                                  options_.dataset->Name(place.index),
                                  ", which is broken, must be whole"),
                     status.message());
    }
    if (++index == options_.end) index = options_.begin;
  }
}

absl::Status ExampleReader::MakeOne(
    int64_t index, const Place& place, Example* example,
    absl::FunctionRef<absl::Status()> use) const {
  const absl::Status status = Guarded([&]() -> absl::Status {
    RETURN_IF_ERROR(ReadAndTransform(index, place, example));
    return use();
  });
  return status.ok() ? status : AtPlace(status, options_.dataset->Name(index));
}

absl::Status ExampleReader::ReadAndTransform(int64_t index, const Place& place,
                                             Example* example) const {
  // In training an example may be drawn twice an epoch, and is then changed in
  // two ways; in evaluation what is drawn depends on the example alone. What
  // replaces a broken one has the draws of that one.
  const bool training = options_.training;
  const auto key = static_cast<uint64_t>(training ? place.place : place.index);
  const auto epoch = static_cast<uint64_t>(training ? place.epoch : 0);
  example->index = index;
  Rng rng(options_.seed, epoch, key, static_cast<uint64_t>(Stream::kRead));
  RETURN_IF_ERROR(options_.dataset->Read(index, rng, example));
  for (size_t i = 0; i < options_.transforms.size(); ++i) {
    Rng own(options_.seed, epoch, key,
            static_cast<uint64_t>(Stream::kTransform) + i);
    const absl::Status status = options_.transforms[i]->Apply(*example, own);
    if (!status.ok()) return AtTransform(status, i);
  }
  return absl::OkStatus();
}

absl::Status ExampleReader::AtTransform(const absl::Status& status,
                                        size_t i) const {
  if (absl::IsDataLoss(status)) return status;
  std::string place = absl::StrCat("transform[", i, "]");
  if (i < options_.transform_names.size()) {
    absl::StrAppend(&place, ": ", options_.transform_names[i]);
  }
  return AtPlace(status, place);
}

}  // namespace toque
