// PacketKinds of single codecs.

#ifndef TOQUE_FRAMEWORK_VIDEO_INDEX_CODEC_KINDS_H_
#define TOQUE_FRAMEWORK_VIDEO_INDEX_CODEC_KINDS_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "absl/types/span.h"
#include "framework/video_index/packet_kind.h"

namespace toque {

std::unique_ptr<PacketKinds> H264Kinds(const VideoIndex::Codec& codec);
std::unique_ptr<PacketKinds> HevcKinds(const VideoIndex::Codec& codec);
std::unique_ptr<PacketKinds> Mpeg12Kinds();
std::unique_ptr<PacketKinds> Mpeg4Kinds(const VideoIndex::Codec& codec);
std::unique_ptr<PacketKinds> Av1Kinds();

using Bytes = absl::Span<const uint8_t>;

inline std::string_view AsText(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// Where the first 00 00 01 at or after `from` begins, or the size of `bytes`.
inline size_t FindStartCode(Bytes bytes, size_t from) {
  constexpr std::string_view kCode("\0\0\1", 3);
  return std::min(AsText(bytes).find(kCode, from), bytes.size());
}

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_VIDEO_INDEX_CODEC_KINDS_H_
