#include "framework/video_index/ffmpeg.h"

#include <mutex>

extern "C" {
#include "libavutil/error.h"
#include "libavutil/log.h"
}

namespace toque {

void QuietFfmpeg() {
  static std::once_flag once;
  std::call_once(once, [] {
    // Some libraries below it ask for the callback, others for the level.
    av_log_set_level(AV_LOG_QUIET);
    av_log_set_callback([](void*, int, const char*, va_list) {});
  });
}

std::string TextOf(int error) {
  char text[AV_ERROR_MAX_STRING_SIZE] = {};
  av_make_error_string(text, sizeof(text), error);
  return text;
}

}  // namespace toque
