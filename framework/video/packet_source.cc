#include "framework/video/packet_source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>

namespace toque {
namespace {

// What both kinds of direct packets need.
class DirectPackets : public PacketSource {
 public:
  DirectPackets(const VideoIndex& index, PacketBuffers* buffers)
      : index_(index), buffers_(buffers) {}

  absl::Status Read(int32_t number, const Deadline&,
                    AVPacket* packet) override {
    const VideoPacket& entry = index_.packets[static_cast<size_t>(number)];
    RETURN_IF_ERROR(buffers_->Allocate(entry.size, packet));
    packet->pos = number;
    if (entry.restart) packet->flags |= AV_PKT_FLAG_KEY;
    if (entry.hidden) packet->flags |= AV_PKT_FLAG_DISCARD;
    return Fill(number, entry, packet->data);
  }

 protected:
  const VideoIndex& index_;

 private:
  virtual absl::Status Fill(int32_t number, const VideoPacket& entry,
                            uint8_t* data) = 0;

  PacketBuffers* buffers_;
};

class PacketsOfFile : public DirectPackets {
 public:
  PacketsOfFile(int file, const VideoIndex& index, PacketBuffers* buffers)
      : DirectPackets(index, buffers), file_(file) {}
  ~PacketsOfFile() override { close(file_); }

  absl::Status CheckUnchanged() const override {
    if (!index_.file.has_value()) return absl::OkStatus();
    return toque::CheckUnchanged(file_, *index_.file);
  }

 private:
  absl::Status Fill(int32_t number, const VideoPacket& entry,
                    uint8_t* data) override {
    for (size_t done = 0; done < entry.size;) {
      const ssize_t got = pread(file_, data + done, entry.size - done,
                                static_cast<off_t>(entry.offset + done));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) {
        return Broken(absl::StrCat("packet ", number,
                                   " can't be read: ", std::strerror(errno)));
      }
      if (got == 0) {
        return Broken(absl::StrCat("the file ends before packet ", number));
      }
      done += static_cast<size_t>(got);
    }
    return absl::OkStatus();
  }

  const int file_;
};

class PacketsOfMemory : public DirectPackets {
 public:
  PacketsOfMemory(absl::Span<const uint8_t> bytes, const VideoIndex& index,
                  PacketBuffers* buffers)
      : DirectPackets(index, buffers), bytes_(bytes) {}

 private:
  absl::Status Fill(int32_t, const VideoPacket& entry, uint8_t* data) override {
    std::memcpy(data, bytes_.data() + entry.offset, entry.size);
    return absl::OkStatus();
  }

  const absl::Span<const uint8_t> bytes_;
};

}  // namespace

PacketBuffers::~PacketBuffers() { av_buffer_pool_uninit(&pool_); }

absl::Status PacketBuffers::Reserve(const VideoIndex& index,
                                    uint64_t available) {
  uint32_t largest = 0;
  for (size_t i = 0; i < index.packets.size(); ++i) {
    const VideoPacket& packet = index.packets[i];
    if (packet.offset > available || packet.size > available - packet.offset) {
      return Broken(absl::StrCat("packet ", i, " must lie within ", available,
                                 " bytes, got ", packet.size, " bytes at ",
                                 packet.offset));
    }
    largest = std::max(largest, packet.size);
  }
  const size_t needed = size_t{largest} + AV_INPUT_BUFFER_PADDING_SIZE;
  if (needed <= room_) return absl::OkStatus();
  av_buffer_pool_uninit(&pool_);
  room_ = std::min<size_t>(needed + needed / 2, INT_MAX);
  pool_ = needed > room_ ? nullptr : av_buffer_pool_init(room_, nullptr);
  if (pool_ != nullptr) return absl::OkStatus();
  room_ = 0;
  return Broken("no memory for the clip's packets");
}

absl::Status PacketBuffers::Allocate(uint32_t size, AVPacket* packet) {
  packet->buf = av_buffer_pool_get(pool_);
  if (packet->buf == nullptr) return Broken("no memory for a packet");
  packet->data = packet->buf->data;
  packet->size = static_cast<int>(size);
  std::memset(packet->data + size, 0, AV_INPUT_BUFFER_PADDING_SIZE);
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<PacketSource>> FilePackets(
    const std::string& path, const VideoIndex& index, PacketBuffers* buffers) {
  // Opening doesn't wait for what has become a pipe.
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  struct stat about;
  if (file < 0 || fstat(file, &about) != 0) {
    const std::string reason = std::strerror(errno);
    if (file >= 0) close(file);
    return Broken(absl::StrCat("can't be opened: ", reason));
  }
  auto packets = std::make_unique<PacketsOfFile>(file, index, buffers);
  RETURN_IF_ERROR(packets->CheckUnchanged());
  RETURN_IF_ERROR(
      buffers->Reserve(index, static_cast<uint64_t>(about.st_size)));
  return packets;
}

absl::StatusOr<std::unique_ptr<PacketSource>> MemoryPackets(
    absl::Span<const uint8_t> bytes, const VideoIndex& index,
    PacketBuffers* buffers) {
  RETURN_IF_ERROR(buffers->Reserve(index, bytes.size()));
  return std::make_unique<PacketsOfMemory>(bytes, index, buffers);
}

}  // namespace toque
