// What packets' bytes say of the frames in them.

#ifndef TOQUE_FRAMEWORK_VIDEO_INDEX_PACKET_KIND_H_
#define TOQUE_FRAMEWORK_VIDEO_INDEX_PACKET_KIND_H_

#include <cstdint>
#include <memory>

#include "absl/types/span.h"
#include "framework/video_index/video_index.h"

namespace toque {

struct PacketKind {
  // Frames that follow in the order of decoding, and are shown after this one,
  // need nothing that lies before it.
  bool restart = false;
  // No other frame refers to this one, and nothing that the packet says holds
  // beyond it.
  bool droppable = false;
};

// Looks at a clip's packets, one after the other. What is cut or damaged is
// neither restart nor droppable.
class PacketKinds {
 public:
  virtual ~PacketKinds() = default;
  virtual PacketKind Of(absl::Span<const uint8_t> packet) = 0;
  // Whether, by the packets so far, those between two restarts need nothing but
  // the codec's extra data and what follows the first of the two.
  virtual bool RestartsHold() const { return true; }
};

// For the codec, or null where packets of it can't be told apart: then decoding
// can begin with the first one only.
std::unique_ptr<PacketKinds> KindsOf(const VideoIndex::Codec& codec);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_VIDEO_INDEX_PACKET_KIND_H_
