#include "framework/video_index/video_index.h"

#include <algorithm>
#include <concepts>
#include <cstring>
#include <limits>
#include <string_view>

#include "xxhash.h"

namespace toque {
namespace {

constexpr std::string_view kMagic = "toque\nvi";
constexpr uint32_t kVersion = 1;
constexpr size_t kHeader = 24;
constexpr size_t kDigest = 8;
// Bytes that a packet and a frame take at the least.
constexpr size_t kLeastPacket = 3;
constexpr size_t kLeastFrame = 2;
// Far from where sums of offsets, or of times, overflow.
constexpr int64_t kGreatest = int64_t{1} << 60;
// What a decoder can be given.
constexpr int64_t kGreatestPacket = (int64_t{1} << 31) - 4096;

template <typename Number>
std::string BytesOf(Number number) {
  std::string bytes(sizeof number, '\0');
  std::memcpy(bytes.data(), &number, sizeof number);
  return bytes;
}

template <typename Number>
Number NumberAt(const uint8_t* place) {
  Number number;
  std::memcpy(&number, place, sizeof number);
  return number;
}

class Writer {
 public:
  void Whole(int64_t value) {
    auto rest = static_cast<uint64_t>(value) << 1;
    if (value < 0) rest = ~rest;
    for (; rest >= 128; rest >>= 7) {
      bytes_.push_back(static_cast<char>(rest | 128));
    }
    bytes_.push_back(static_cast<char>(rest));
  }
  template <std::integral Number>
  void Value(const Number& number) {
    Whole(static_cast<int64_t>(number));
  }
  void Value(const std::string& text) {
    Whole(static_cast<int64_t>(text.size()));
    bytes_ += text;
  }
  std::string& bytes() { return bytes_; }

 private:
  std::string bytes_;
};

// Gives zeros once something was wrong.
class Reader {
 public:
  explicit Reader(absl::Span<const uint8_t> bytes) : bytes_(bytes) {}

  int64_t Whole() {
    uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (bytes_.empty()) break;
      const uint64_t byte = bytes_.front();
      bytes_.remove_prefix(1);
      value |= (byte & 127) << shift;
      if (byte < 128) {
        return static_cast<int64_t>(value >> 1 ^ (~(value & 1) + 1));
      }
    }
    return Fail();
  }
  int64_t Whole(int64_t least, int64_t greatest) {
    const int64_t value = Whole();
    return value >= least && value <= greatest ? value : Fail();
  }
  template <std::integral Number>
  void Value(Number& number) {
    using Limits = std::numeric_limits<Number>;
    number = static_cast<Number>(Whole(Limits::min(), Limits::max()));
  }
  void Value(std::string& text) {
    const auto size = static_cast<size_t>(Count(1));
    text.assign(reinterpret_cast<const char*>(bytes_.data()), size);
    bytes_.remove_prefix(size);
  }
  // How many things of at least `least` bytes follow.
  int64_t Count(size_t least) {
    const int64_t count = Whole();
    const auto room = static_cast<int64_t>(bytes_.size() / least);
    return count >= 0 && count <= room ? count : Fail();
  }
  bool failed() const { return failed_; }
  bool AtEnd() const { return bytes_.empty(); }

 private:
  int64_t Fail() {
    failed_ = true;
    bytes_ = {};
    return 0;
  }

  absl::Span<const uint8_t> bytes_;
  bool failed_ = false;
};

template <typename Archive, typename Codec>
void CodecValues(Archive& archive, Codec& codec) {
  archive.Value(codec.id);
  archive.Value(codec.tag);
  archive.Value(codec.format);
  archive.Value(codec.width);
  archive.Value(codec.height);
  archive.Value(codec.profile);
  archive.Value(codec.level);
  archive.Value(codec.delay);
  archive.Value(codec.bits_per_sample);
  archive.Value(codec.field_order);
  archive.Value(codec.colour_range);
  archive.Value(codec.colour_primaries);
  archive.Value(codec.colour_transfer);
  archive.Value(codec.colour_space);
  archive.Value(codec.chroma_location);
  archive.Value(codec.extra);
}

// All but packets and frames, in the order of docs/video_index.md.
template <typename Archive, typename Index>
void Values(Archive& archive, Index& index) {
  CodecValues(archive, index.codec);
  archive.Value(index.codec_name);
  archive.Value(index.container);
  archive.Value(index.pixel_format);
  archive.Value(index.rotation);
  archive.Value(index.mirrored);
  archive.Value(index.time_base.numerator);
  archive.Value(index.time_base.denominator);
  archive.Value(index.frame_rate.numerator);
  archive.Value(index.frame_rate.denominator);
  archive.Value(index.has_audio);
  archive.Value(index.stream);
  archive.Value(index.direct);
  archive.Value(index.separable);
}

std::vector<VideoPacket> ReadPackets(Reader& reader) {
  std::vector<VideoPacket> packets(
      static_cast<size_t>(reader.Count(kLeastPacket)));
  int64_t end = 0;
  for (VideoPacket& packet : packets) {
    const int64_t offset = end + reader.Whole(-end, kGreatest - end);
    const int64_t size = reader.Whole(0, kGreatestPacket);
    const int64_t kind = reader.Whole(0, 7);
    packet = {.offset = static_cast<uint64_t>(offset),
              .size = static_cast<uint32_t>(size),
              .restart = (kind & 1) != 0,
              .droppable = (kind & 2) != 0,
              .hidden = (kind & 4) != 0};
    end = std::min(offset + size, kGreatest);
  }
  return packets;
}

std::vector<VideoFrame> ReadFrames(Reader& reader, size_t packets) {
  std::vector<VideoFrame> frames(
      static_cast<size_t>(reader.Count(kLeastFrame)));
  const auto last = static_cast<int64_t>(packets) - 1;
  int64_t packet = -1;
  int64_t time = -1;
  for (VideoFrame& frame : frames) {
    packet += reader.Whole(-packet, last - packet);
    time += reader.Whole(1, kGreatest - time);
    frame = {.packet = static_cast<int32_t>(packet), .time = time};
  }
  return frames;
}

bool FramesHavePacketsOfTheirOwn(const VideoIndex& index) {
  std::vector<bool> taken(index.packets.size());
  for (const VideoFrame& frame : index.frames) {
    const auto packet = static_cast<size_t>(frame.packet);
    if (taken[packet]) return false;
    taken[packet] = true;
  }
  return true;
}

bool IsSound(const VideoIndex& index) {
  const int32_t turn = index.rotation;
  const bool turns = turn == 0 || turn == 90 || turn == 180 || turn == 270;
  return turns && index.codec.width > 0 && index.codec.height > 0 &&
         index.codec.delay >= 0 && index.time_base.denominator > 0 &&
         index.frame_rate.denominator > 0 && index.stream >= 0 &&
         !index.frames.empty() && index.frames.front().time == 0 &&
         (!index.separable || FramesHavePacketsOfTheirOwn(index));
}

absl::Status CheckEnvelope(absl::Span<const uint8_t> bytes) {
  if (bytes.size() < kHeader + kDigest ||
      std::memcmp(bytes.data(), kMagic.data(), kMagic.size()) != 0) {
    return Broken("an index of a clip must begin with its sign");
  }
  const auto version = NumberAt<uint32_t>(bytes.data() + 8);
  if (version != kVersion) {
    return Broken(absl::StrCat("the version of a clip's index must be ",
                               kVersion, ", got ", version));
  }
  const auto size = NumberAt<uint64_t>(bytes.data() + 16);
  if (size != bytes.size()) {
    return Broken(absl::StrCat("an index of a clip must have its ", size,
                               " bytes, got ", bytes.size()));
  }
  const uint8_t* const digest = bytes.data() + bytes.size() - kDigest;
  if (NumberAt<uint64_t>(digest) !=
      XXH3_64bits(bytes.data(), bytes.size() - kDigest)) {
    return Broken("the digest of a clip's index must be that of its bytes");
  }
  return absl::OkStatus();
}

}  // namespace

std::string VideoIndex::Serialise() const {
  Writer writer;
  Values(writer, *this);
  writer.Whole(static_cast<int64_t>(packets.size()));
  uint64_t end = 0;
  for (const VideoPacket& packet : packets) {
    writer.Whole(static_cast<int64_t>(packet.offset - end));
    writer.Whole(packet.size);
    writer.Whole((packet.restart ? 1 : 0) | (packet.droppable ? 2 : 0) |
                 (packet.hidden ? 4 : 0));
    end = packet.offset + packet.size;
  }
  writer.Whole(size());
  VideoFrame last = {.packet = -1, .time = -1};
  for (const VideoFrame& frame : frames) {
    writer.Whole(int64_t{frame.packet} - last.packet);
    writer.Whole(frame.time - last.time);
    last = frame;
  }
  const std::string& body = writer.bytes();
  std::string all(kMagic);
  all += BytesOf(kVersion);
  all += BytesOf(uint32_t{0});
  all += BytesOf(uint64_t{kHeader + body.size() + kDigest});
  all += body;
  return all + BytesOf(uint64_t{XXH3_64bits(all.data(), all.size())});
}

absl::StatusOr<VideoIndex> VideoIndex::Parse(absl::Span<const uint8_t> bytes) {
  RETURN_IF_ERROR(CheckEnvelope(bytes));
  Reader reader(bytes.subspan(kHeader, bytes.size() - kHeader - kDigest));
  VideoIndex index;
  Values(reader, index);
  index.packets = ReadPackets(reader);
  index.frames = ReadFrames(reader, index.packets.size());
  if (reader.failed() || !reader.AtEnd() || !IsSound(index)) {
    return Broken("a clip's index must lead from frames to packets");
  }
  return index;
}

}  // namespace toque
