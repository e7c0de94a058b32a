// Bytes as the index of a clip, as they are and with size and digest made
// right, so that what lies behind those is reached, too.

#include <cstring>
#include <string>

#include "framework/video_index/video_index.h"
#include "glog/logging.h"
#include "xxhash.h"

namespace toque {
namespace {

absl::Span<const uint8_t> BytesOf(const std::string& text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

void Read(const std::string& bytes) {
  const auto index = VideoIndex::Parse(BytesOf(bytes));
  if (!index.ok()) return;
  CHECK_GE(index->size(), 1);
  int64_t last = -1;
  for (const VideoFrame& frame : index->frames) {
    CHECK_GE(frame.packet, 0);
    CHECK_LT(frame.packet, static_cast<int64_t>(index->packets.size()));
    CHECK_GT(frame.time, last);
    last = frame.time;
  }
  const std::string again = index->Serialise();
  const auto same = VideoIndex::Parse(BytesOf(again));
  CHECK(same.ok()) << same.status();
  CHECK(same->Serialise() == again);
}

std::string Mended(std::string bytes) {
  const uint64_t size = bytes.size();
  std::memcpy(bytes.data() + 16, &size, 8);
  const uint64_t digest = XXH3_64bits(bytes.data(), size - 8);
  std::memcpy(bytes.data() + size - 8, &digest, 8);
  return bytes;
}

}  // namespace
}  // namespace toque

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  toque::Read(bytes);
  if (size >= 32) toque::Read(toque::Mended(bytes));
  return 0;
}
