#include "tools/packing.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <thread>

#include "framework/codec/encode.h"
#include "framework/core/example.h"
#include "framework/core/rng.h"
#include "framework/guarded.h"
#include "framework/image/image.h"
#include "framework/pack/pack_format.h"
#include "tools/picture_files.h"

namespace toque {
namespace {

// Examples of a thread between two writes.
constexpr int64_t kExamplesOfAThread = 16;

struct Encoded {
  std::vector<std::string> pictures;
  int64_t label = 0;
};

absl::StatusOr<std::string> EncodedPicture(Image& image,
                                           const PackingOptions& options) {
  const int64_t longest = std::max(image.height(), image.width());
  const bool shrinks =
      options.longest_side > 0 && longest > options.longest_side;
  std::string original;
  if (!shrinks) {
    original.assign(image.encoded().begin(), image.encoded().end());
  } else {
    const double scale = static_cast<double>(options.longest_side) /
                         static_cast<double>(longest);
    const auto shrunk = [scale](int64_t side) {
      return std::max<int64_t>(std::lround(scale * static_cast<double>(side)),
                               1);
    };
    image.Resize(shrunk(image.height()), shrunk(image.width()));
  }
  ASSIGN_OR_RETURN(const EditablePixels pixels, image.Edit());
  if (!original.empty()) return original;
  const PixelView view = {pixels.data, pixels.height, pixels.width,
                          pixels.channels};
  return shrinks ? EncodeJpeg(view, options.quality) : EncodePng(view);
}

absl::StatusOr<Encoded> EncodeExample(const Dataset& dataset, int64_t index,
                                      const PackingOptions& options,
                                      Example* example) {
  Rng rng(0, 0, static_cast<uint64_t>(index));
  example->index = index;
  RETURN_IF_ERROR(dataset.Read(index, rng, example));
  if (example->images.size() != 1 ||
      example->target_kind() != TargetKind::kLabel) {
    return Invalid("an example must be a picture, or a clip, with a label");
  }
  Encoded encoded;
  encoded.label = example->label();
  for (Image& image : example->images[0]) {
    ASSIGN_OR_RETURN(encoded.pictures.emplace_back(),
                     EncodedPicture(image, options));
  }
  return encoded;
}

using Results = std::vector<absl::StatusOr<Encoded>>;

// The examples from `first` on, as many as there are results.
void EncodeAll(const Dataset& dataset, int64_t first,
               const PackingOptions& options, Results* results) {
  std::atomic<size_t> next = 0;
  const auto work = [&] {
    Example example;
    for (size_t i; (i = next++) < results->size();) {
      (*results)[i] = Guarded([&] {
        return EncodeExample(dataset, first + static_cast<int64_t>(i), options,
                             &example);
      });
    }
  };
  std::vector<std::jthread> threads;
  for (int i = 1; i < options.threads; ++i) threads.emplace_back(work);
  work();
}

absl::Status Write(const Dataset& dataset, int64_t index,
                   const Encoded& encoded, PackWriter* writer) {
  const std::string name = ShortName(dataset, index);
  PackExample example = {.source = index, .name = name};
  example.label = static_cast<int32_t>(encoded.label);
  for (const std::string& picture : encoded.pictures) {
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

absl::Status Pack(const Dataset& dataset, const PackingOptions& options,
                  PackWriter* writer) {
  const int64_t most = kExamplesOfAThread * options.threads;
  int64_t index = std::max(options.begin, writer->next_source());
  options.progress(index - options.begin);
  while (index < options.end) {
    Results results(static_cast<size_t>(std::min(most, options.end - index)));
    EncodeAll(dataset, index, options, &results);
    for (const auto& result : results) {
      if (result.ok()) {
        RETURN_IF_ERROR(Write(dataset, index, *result, writer));
      } else if (absl::IsDataLoss(result.status())) {
        RETURN_IF_ERROR(options.broken(dataset.Name(index), result.status()));
      } else {
        return AtPlace(result.status(), dataset.Name(index));
      }
      ++index;
    }
    options.progress(static_cast<int64_t>(results.size()));
  }
  return absl::OkStatus();
}

}  // namespace toque
