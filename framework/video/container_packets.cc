// Packets that don't lie in the file as decoders want them.

#include <algorithm>
#include <memory>
#include <utility>

#include "framework/video/packet_source.h"
#include "framework/video_index/container.h"

namespace toque {
namespace {

// What a packet says beside its bytes, and holds on for those that follow.
constexpr AVPacketSideDataType kLasting[] = {
    AV_PKT_DATA_NEW_EXTRADATA, AV_PKT_DATA_PARAM_CHANGE, AV_PKT_DATA_PALETTE};

absl::Status CopyLasting(const AVPacket& from, AVPacket* to) {
  for (const AVPacketSideDataType type : kLasting) {
    size_t size = 0;
    const uint8_t* data = av_packet_get_side_data(&from, type, &size);
    if (data == nullptr || av_packet_get_side_data(to, type, nullptr)) continue;
    uint8_t* copy = av_packet_new_side_data(to, type, size);
    if (copy == nullptr) return Broken("no memory for a packet");
    std::copy_n(data, size, copy);
  }
  return absl::OkStatus();
}

class PacketsOfContainer : public PacketSource {
 public:
  PacketsOfContainer(std::string path, const VideoIndex& index,
                     int64_t max_pixels)
      : path_(std::move(path)), index_(index), max_pixels_(max_pixels) {}

  absl::Status Rewind() override {
    container_.reset();
    return absl::OkStatus();
  }

  absl::Status Read(int32_t number, const Deadline& deadline,
                    AVPacket* packet) override {
    if (container_ == nullptr) {
      ASSIGN_OR_RETURN(container_, Container::Open(path_, max_pixels_, deadline,
                                                   index_.stream));
      next_ = 0;
      RETURN_IF_ERROR(CheckUnchanged());
    }
    const OwnedPacket skipped(av_packet_alloc());
    if (skipped == nullptr) return Broken("no memory for a packet");
    while (true) {
      ASSIGN_OR_RETURN(const bool more, container_->Next(deadline, packet));
      if (!more) {
        return Broken(absl::StrCat("the file ends before packet ", number));
      }
      if (next_++ == number) break;
      RETURN_IF_ERROR(CopyLasting(*packet, skipped.get()));
    }
    packet->pos = number;
    return CopyLasting(*skipped, packet);
  }

  absl::Status CheckUnchanged() const override {
    if (container_ == nullptr || !index_.file.has_value()) {
      return absl::OkStatus();
    }
    return container_->CheckUnchanged(*index_.file);
  }

 private:
  const std::string path_;
  const VideoIndex& index_;
  const int64_t max_pixels_;
  std::unique_ptr<Container> container_;
  int32_t next_ = 0;  // the number of the packet that comes next
};

}  // namespace

absl::StatusOr<std::unique_ptr<PacketSource>> PacketsOf(
    const std::string& path, const VideoIndex& index, int64_t max_pixels,
    PacketBuffers* buffers) {
  if (index.direct) return FilePackets(path, index, buffers);
  return std::make_unique<PacketsOfContainer>(path, index, max_pixels);
}

}  // namespace toque
