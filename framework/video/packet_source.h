// Where the packets of an indexed clip are read from.

#ifndef TOQUE_FRAMEWORK_VIDEO_PACKET_SOURCE_H_
#define TOQUE_FRAMEWORK_VIDEO_PACKET_SOURCE_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/types/span.h"
#include "framework/video_index/deadline.h"
#include "framework/video_index/ffmpeg.h"
#include "framework/video_index/video_index.h"

namespace toque {

class PacketSource {
 public:
  virtual ~PacketSource() = default;
  // Goes back to the first packet.
  virtual absl::Status Rewind() { return absl::OkStatus(); }
  // Fills `packet`, which is blank, as the decoder wants it; its `pos` is the
  // packet's number. Since the last Rewind numbers have risen. Broken where it
  // isn't there any more.
  virtual absl::Status Read(int32_t number, const Deadline& deadline,
                            AVPacket* packet) = 0;
  // Broken where the file isn't any more the one that the index is of.
  virtual absl::Status CheckUnchanged() const { return absl::OkStatus(); }
};

// Memory for packets' bytes, used again and again. Not for several threads.
class PacketBuffers {
 public:
  PacketBuffers() = default;
  ~PacketBuffers();
  PacketBuffers(const PacketBuffers&) = delete;
  PacketBuffers& operator=(const PacketBuffers&) = delete;
  // Makes room for any packet of the index. Broken where one does not lie in
  // the first `available` bytes.
  absl::Status Reserve(const VideoIndex& index, uint64_t available);
  // Gives the packet room for `size` bytes and the padding that decoders want.
  absl::Status Allocate(uint32_t size, AVPacket* packet);

 private:
  AVBufferPool* pool_ = nullptr;
  size_t room_ = 0;
};

// Packets of a direct index from the file, which stays open. Broken where it
// isn't the one that the index is of. index and buffers outlive it.
absl::StatusOr<std::unique_ptr<PacketSource>> FilePackets(
    const std::string& path, const VideoIndex& index, PacketBuffers* buffers);

// The same from memory, which outlives it, too.
absl::StatusOr<std::unique_ptr<PacketSource>> MemoryPackets(
    absl::Span<const uint8_t> bytes, const VideoIndex& index,
    PacketBuffers* buffers);

// FilePackets where the index is direct; else packets by FFmpeg's demuxer,
// which opens the file at the first Read. index and buffers outlive it.
absl::StatusOr<std::unique_ptr<PacketSource>> PacketsOf(const std::string& path,
                                                        const VideoIndex& index,
                                                        int64_t max_pixels,
                                                        PacketBuffers* buffers);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_VIDEO_PACKET_SOURCE_H_
