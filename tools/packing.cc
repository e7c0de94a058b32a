#include "tools/packing.h"

#include <algorithm>

#include "framework/guarded.h"
#include "framework/pack/pack_format.h"
#include "tools/in_order.h"
#include "tools/picture_files.h"

namespace toque {
namespace {

absl::Status Write(const Dataset& dataset, int64_t index,
                   const PackedExample& packed, PackWriter* writer) {
  const std::string name = ShortName(dataset, index);
  PackExample example = {.source = index, .name = name};
  example.label = static_cast<int32_t>(packed.label);
  for (const std::string& picture : packed.pictures) {
    example.pictures.emplace_back(
        reinterpret_cast<const uint8_t*>(picture.data()), picture.size());
  }
  return writer->Add(example);
}

}  // namespace

uint64_t ContentDigest(const Dataset& dataset, int64_t begin, int64_t end) {
  uint64_t digest = 0;
  for (int64_t i = begin; i < end; ++i) {
    const std::string name = dataset.Name(i);
    digest = pack::DigestOf(name.data(), name.size(), digest);
  }
  const absl::StatusOr<std::vector<int64_t>> labels = dataset.Labels();
  if (!labels.ok()) return digest;
  return pack::DigestOf(labels->data() + begin,
                        static_cast<size_t>(end - begin) * sizeof(int64_t),
                        digest);
}

absl::Status Pack(const Dataset& dataset, const EncodeExample& encode,
                  const PackingOptions& options, PackWriter* writer) {
  using Result = absl::StatusOr<PackedExample>;
  const auto make = [&encode](int64_t index) {
    return Guarded([&] { return encode(index); });
  };
  const auto take = [&](int64_t index, const Result& result) -> absl::Status {
    if (result.ok()) {
      RETURN_IF_ERROR(Write(dataset, index, *result, writer));
    } else if (absl::IsDataLoss(result.status())) {
      RETURN_IF_ERROR(options.broken(dataset.Name(index), result.status()));
    } else {
      return AtPlace(result.status(), dataset.Name(index));
    }
    options.progress(1);
    return absl::OkStatus();
  };
  const int64_t begin = std::max(options.begin, writer->next_source());
  options.progress(begin - options.begin);
  InOrder<Result> threads(options.threads,
                          options.examples_of_a_thread * options.threads);
  return threads.Run(begin, options.end, make, take);
}

}  // namespace toque
