#include "tools/video_facts.h"

#include <algorithm>
#include <atomic>
#include <thread>

#include "framework/command/flags.h"
#include "framework/guarded.h"
#include "framework/video_index/make_index.h"
#include "nlohmann/json.hpp"

namespace toque {
namespace {

using nlohmann::ordered_json;

bool Known(const Rational& ratio) {
  return ratio.numerator > 0 && ratio.denominator > 0;
}

double SecondsOf(const VideoIndex& index) {
  const auto size = static_cast<double>(index.size());
  const double each =
      Known(index.frame_rate) ? 1 / index.frame_rate.value() : 0;
  const auto units =
      static_cast<double>(index.frames.back().time - index.frames.front().time);
  if (!Known(index.time_base) || units <= 0) return size * each;
  const double span = units * index.time_base.value();
  return span + (each > 0 ? each : span / (size - 1));
}

}  // namespace

VideoFacts VideoFacts::Of(const VideoIndex& index) {
  return {
      .frames = index.size(),
      .rate = index.frame_rate,
      .width = index.width(),
      .height = index.height(),
      .seconds = SecondsOf(index),
      .codec = index.codec_name,
      .container = index.container,
      .pixel_format = index.pixel_format,
      .rotation = index.rotation,
      .mirrored = index.mirrored,
      .audio = index.has_audio,
      .key_frames =
          std::ranges::count(index.packets, true, &VideoPacket::restart),
      .direct = index.direct,
      .separable = index.separable,
  };
}

std::string VideoFacts::RateText() const {
  if (!Known(rate)) return "?";
  if (rate.denominator == 1) return absl::StrCat(rate.numerator);
  return absl::StrCat(rate.numerator, "/", rate.denominator);
}

ordered_json VideoFacts::Json() const {
  ordered_json facts;
  facts["frames"] = frames;
  facts["rate"] = Known(rate) ? ordered_json(RateText()) : ordered_json();
  facts["rate_decimal"] =
      Known(rate) ? ordered_json(rate.value()) : ordered_json();
  facts["width"] = width;
  facts["height"] = height;
  facts["seconds"] = seconds > 0 ? ordered_json(seconds) : ordered_json();
  facts["codec"] = codec;
  facts["container"] = container;
  facts["pixel_format"] = pixel_format;
  facts["rotation"] = rotation;
  facts["mirrored"] = mirrored;
  facts["audio"] = audio;
  facts["key_frames"] = key_frames;
  facts["direct"] = direct;
  facts["separable"] = separable;
  return facts;
}

std::vector<absl::StatusOr<VideoFacts>> LookThrough(
    const std::vector<std::string>& files, const std::string& index_folder,
    const VideoLimits& limits, int threads, const std::function<void()>& done) {
  std::vector<absl::StatusOr<VideoFacts>> facts(files.size());
  std::atomic<size_t> next = 0;
  const auto work = [&] {
    for (size_t i; (i = next++) < files.size(); done()) {
      facts[i] = Guarded([&]() -> absl::StatusOr<VideoFacts> {
        ASSIGN_OR_RETURN(const VideoIndex index,
                         IndexOf(UserPath(files[i]), index_folder, limits));
        return VideoFacts::Of(index);
      });
    }
  };
  std::vector<std::jthread> others;
  for (int i = 1; i < threads; ++i) others.emplace_back(work);
  work();
  others.clear();  // waits for them
  return facts;
}

}  // namespace toque
