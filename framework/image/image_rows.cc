// Where an image's rows come from: decoded, or from memory.

#include <array>
#include <cstring>

#include "framework/codec/scratch.h"
#include "framework/image/image.h"
#include "framework/image/row_kernels.h"
#include "framework/image/scan_cache.h"

namespace toque {
namespace {

size_t Size(int64_t size) { return static_cast<size_t>(size); }

// Where pixel (y, x) of an upright picture lies in the one that is stored, of
// stored.height x stored.width.
struct Turn {
  bool transposed;
  bool from_bottom;
  bool from_right;
};

Turn TurnOf(int orientation) {
  static constexpr std::array<Turn, 9> kTurns = {{{false, false, false},
                                                  {false, false, false},
                                                  {false, false, true},
                                                  {false, true, true},
                                                  {false, true, false},
                                                  {true, false, false},
                                                  {true, true, false},
                                                  {true, true, true},
                                                  {true, false, true}}};
  return kTurns[Size(orientation)];
}

Region Stored(const Region& upright, const Turn& turn, int64_t height,
              int64_t width) {
  Region region = upright;
  if (turn.transposed) {
    region = {upright.left, upright.top, upright.width, upright.height};
  }
  if (turn.from_bottom) region.top = height - region.top - region.height;
  if (turn.from_right) region.left = width - region.left - region.width;
  return region;
}

int64_t Reduced(int64_t size, int reduce) {
  return (size + reduce - 1) / reduce;
}

}  // namespace

// Rows of a region of the upright source.
absl::Status Image::Produce(const Region& region, int reduce,
                            RowSink sink) const {
  if (type_ == Type::kEncoded) {
    if (header_.orientation != 1) return ProduceTurned(region, reduce, sink);
    return DecodeRows(region, reduce, sink);
  }
  static thread_local std::vector<uint8_t> scratch;
  scratch.resize(Size(region.width * 4 + kRowSlack));
  const auto* pixels = static_cast<const uint8_t*>(data());
  for (int64_t y = 0; y < region.height; ++y) {
    const uint8_t* row = pixels + (region.top + y) * layout_.row_stride +
                         region.left * layout_.column_stride;
    for (int64_t c = 0; c < layout_.channels; ++c) {
      const uint8_t* plane = row + c * layout_.channel_stride;
      for (int64_t x = 0; x < region.width; ++x) {
        scratch[Size(4 * x + c)] = plane[x * layout_.column_stride];
      }
    }
    sink(y, scratch.data());
  }
  return absl::OkStatus();
}

// Rows of a region of the picture as it is stored.
absl::Status Image::DecodeRows(const Region& region, int reduce,
                               RowSink sink) const {
  DecodeForm form = {.grey = options_.channels == 1, .reduce = reduce};
  if (cache_ == nullptr || header_.format != ImageFormat::kJpeg) {
    return Decode(encoded_, header_, region, form, sink);
  }
  static thread_local std::vector<ScanPlace> places;
  const uint64_t digest = ScanCache::DigestOf(encoded_);
  cache_->Find(number_, digest, &places);
  const size_t known = places.size();
  form.places = &places;
  absl::Status status = Decode(encoded_, header_, region, form, sink);
  if (places.size() > known) cache_->Keep(number_, digest, places);
  return status;
}

// A picture that is stored lying or mirrored: what is wanted of it is decoded,
// then read in the other order.
absl::Status Image::ProduceTurned(const Region& region, int reduce,
                                  RowSink sink) const {
  static thread_local std::vector<uint8_t> stored, scratch;
  const Scratch kept(&stored);
  const Turn turn = TurnOf(header_.orientation);
  const Region part = Stored(region, turn, Reduced(header_.height, reduce),
                             Reduced(header_.width, reduce));
  stored.resize(Size(part.height * part.width * 4));
  RETURN_IF_ERROR(DecodeRows(part, reduce, [&](int64_t y, const uint8_t* row) {
    std::memcpy(stored.data() + y * part.width * 4, row, Size(part.width * 4));
  }));
  scratch.resize(Size(region.width * 4 + kRowSlack));
  for (int64_t y = 0; y < region.height; ++y) {
    for (int64_t x = 0; x < region.width; ++x) {
      int64_t row = turn.transposed ? x : y;
      int64_t column = turn.transposed ? y : x;
      if (turn.from_bottom) row = part.height - 1 - row;
      if (turn.from_right) column = part.width - 1 - column;
      std::memcpy(scratch.data() + 4 * x,
                  stored.data() + (row * part.width + column) * 4, 4);
    }
    sink(y, scratch.data());
  }
  return absl::OkStatus();
}

}  // namespace toque
