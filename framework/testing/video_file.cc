#include "framework/testing/video_file.h"

#include <algorithm>
#include <cstring>

#include "framework/video_index/ffmpeg.h"
#include "glog/logging.h"

extern "C" {
#include "libavutil/display.h"
#include "libavutil/opt.h"
#include "libavutil/pixdesc.h"
}

// Asked by the leak sanitizer: libx265 keeps a block that it never frees.
extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions() {
  return "leak:x265_malloc";
}

namespace toque {
namespace {

constexpr int kChannels = 3;

void Check(int result) { CHECK_GE(result, 0) << TextOf(result); }

OwnedScaler MakeScaler(int width, int height, AVPixelFormat from,
                       AVPixelFormat to) {
  OwnedScaler scaler(sws_getContext(width, height, from, width, height, to,
                                    SWS_BICUBIC, nullptr, nullptr, nullptr));
  CHECK(scaler != nullptr);
  return scaler;
}

class Writer {
 public:
  Writer(const VideoFile& file, const std::string& path) : file_(file) {
    Check(avformat_alloc_output_context2(&output_, nullptr, nullptr,
                                         path.c_str()));
    stream_ = avformat_new_stream(output_, nullptr);
    CHECK(stream_ != nullptr);
    OpenEncoder();
    SetRotation();
    stream_->time_base = encoder_->time_base;
    stream_->avg_frame_rate = encoder_->framerate;
    Check(avcodec_parameters_from_context(stream_->codecpar, encoder_.get()));
    Check(avio_open(&output_->pb, path.c_str(), AVIO_FLAG_WRITE));
    output_->flags |= AVFMT_FLAG_BITEXACT;
    Check(avformat_write_header(output_, nullptr));
    AllocateFrame();
  }
  ~Writer() { avformat_free_context(output_); }

  void Add(const std::vector<uint8_t>& pixels, int t) {
    Check(av_frame_make_writable(frame_.get()));
    const uint8_t* const planes[4] = {pixels.data()};
    const int strides[4] = {kChannels * file_.width};
    sws_scale(scaler_.get(), planes, strides, 0, file_.height, frame_->data,
              frame_->linesize);
    frame_->pts = t;
    Send(frame_.get());
  }

  void Finish() {
    Send(nullptr);
    Check(av_write_trailer(output_));
    Check(avio_closep(&output_->pb));
  }

 private:
  void OpenEncoder() {
    const AVCodec* codec = avcodec_find_encoder_by_name(file_.encoder.c_str());
    CHECK(codec != nullptr) << "no encoder " << file_.encoder;
    encoder_.reset(avcodec_alloc_context3(codec));
    encoder_->width = file_.width;
    encoder_->height = file_.height;
    encoder_->pix_fmt = av_get_pix_fmt(file_.pixel_format.c_str());
    encoder_->time_base = {1, file_.frames_per_second};
    encoder_->framerate = {file_.frames_per_second, 1};
    encoder_->gop_size = file_.group;
    encoder_->max_b_frames = file_.b_frames;
    encoder_->thread_count = 1;
    encoder_->flags |= AV_CODEC_FLAG_BITEXACT;
    encoder_->strict_std_compliance = FF_COMPLIANCE_UNOFFICIAL;
    if ((output_->oformat->flags & AVFMT_GLOBALHEADER) != 0) {
      encoder_->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
    }
    AVDictionary* options = nullptr;
    Check(av_dict_parse_string(&options, file_.options.c_str(), "=", ":", 0));
    Check(avcodec_open2(encoder_.get(), codec, &options));
    CHECK_EQ(av_dict_count(options), 0) << file_.options;
    av_dict_free(&options);
  }

  void SetRotation() {
    if (file_.rotation == 0) return;
    auto* matrix = reinterpret_cast<int32_t*>(av_stream_new_side_data(
        stream_, AV_PKT_DATA_DISPLAYMATRIX, 9 * sizeof(int32_t)));
    CHECK(matrix != nullptr);
    av_display_rotation_set(matrix, file_.rotation);
  }

  void AllocateFrame() {
    scaler_ = MakeScaler(file_.width, file_.height, AV_PIX_FMT_RGB24,
                         encoder_->pix_fmt);
    frame_.reset(av_frame_alloc());
    packet_.reset(av_packet_alloc());
    frame_->width = file_.width;
    frame_->height = file_.height;
    frame_->format = encoder_->pix_fmt;
    Check(av_frame_get_buffer(frame_.get(), 0));
  }

  void Send(const AVFrame* frame) {
    Check(avcodec_send_frame(encoder_.get(), frame));
    while (true) {
      const int result = avcodec_receive_packet(encoder_.get(), packet_.get());
      if (result == AVERROR(EAGAIN) || result == AVERROR_EOF) return;
      Check(result);
      packet_->duration = 1;
      av_packet_rescale_ts(packet_.get(), encoder_->time_base,
                           stream_->time_base);
      packet_->stream_index = 0;
      Check(av_interleaved_write_frame(output_, packet_.get()));
    }
  }

  const VideoFile& file_;
  AVFormatContext* output_ = nullptr;
  AVStream* stream_ = nullptr;
  OwnedCodec encoder_;
  OwnedScaler scaler_;
  OwnedFrame frame_;
  OwnedPacket packet_;
};

// The frame's rows as RGB, through rows with room for whole groups of pixels.
void ToRgb(const AVFrame& frame, PlainFrame* plain) {
  const OwnedScaler scaler =
      MakeScaler(frame.width, frame.height,
                 static_cast<AVPixelFormat>(frame.format), AV_PIX_FMT_RGB24);
  sws_setColorspaceDetails(scaler.get(), sws_getCoefficients(frame.colorspace),
                           frame.color_range == AVCOL_RANGE_JPEG ? 1 : 0,
                           sws_getCoefficients(SWS_CS_DEFAULT), 1, 0, 1 << 16,
                           1 << 16);
  const int stride = (frame.width + 128) / 64 * 64 * kChannels;
  const auto height = static_cast<size_t>(frame.height);
  const auto row = static_cast<size_t>(frame.width) * kChannels;
  std::vector<uint8_t> rows(static_cast<size_t>(stride) * height);
  uint8_t* const planes[4] = {rows.data()};
  const int strides[4] = {stride};
  sws_scale(scaler.get(), frame.data, frame.linesize, 0, frame.height, planes,
            strides);
  plain->height = frame.height;
  plain->width = frame.width;
  plain->pixels.resize(row * height);
  for (size_t y = 0; y < height; ++y) {
    std::memcpy(&plain->pixels[y * row], &rows[y * static_cast<size_t>(stride)],
                row);
  }
}

class PlainDecoder {
 public:
  bool Open(const std::string& path) {
    AVFormatContext* input = nullptr;
    if (avformat_open_input(&input, path.c_str(), nullptr, nullptr) < 0) {
      return false;
    }
    input_.reset(input);
    if (avformat_find_stream_info(input, nullptr) < 0) return false;
    const AVCodec* codec = nullptr;
    stream_ = av_find_best_stream(input, AVMEDIA_TYPE_VIDEO, -1, -1, &codec, 0);
    if (stream_ < 0) return false;
    decoder_.reset(avcodec_alloc_context3(codec));
    Check(avcodec_parameters_to_context(decoder_.get(),
                                        input->streams[stream_]->codecpar));
    decoder_->thread_count = 1;
    return avcodec_open2(decoder_.get(), codec, nullptr) >= 0;
  }

  bool Next(PlainFrame* plain) {
    while (true) {
      const int result = avcodec_receive_frame(decoder_.get(), frame_.get());
      if (result >= 0) break;
      if (result == AVERROR_EOF) return false;
      if (result == AVERROR(EAGAIN)) SendPacket();
    }
    ToRgb(*frame_, plain);
    return true;
  }

 private:
  // The next packet, or none at the end.
  void SendPacket() {
    bool more = true;
    do {
      av_packet_unref(packet_.get());
      more = av_read_frame(input_.get(), packet_.get()) >= 0;
    } while (more && packet_->stream_index != stream_);
    avcodec_send_packet(decoder_.get(), more ? packet_.get() : nullptr);
  }

  OwnedInput input_;
  int stream_ = -1;
  OwnedCodec decoder_;
  OwnedPacket packet_{av_packet_alloc()};
  OwnedFrame frame_{av_frame_alloc()};
};

}  // namespace

std::vector<uint8_t> DrawSquare(const VideoFile& file, int t) {
  std::vector<uint8_t> pixels;
  const int side = std::max(1, std::min(file.height, file.width) / 3);
  const int left = 2 * t % std::max(1, file.width - side);
  const int top = t % std::max(1, file.height - side);
  for (int y = 0; y < file.height; ++y) {
    for (int x = 0; x < file.width; ++x) {
      const bool inside =
          x >= left && x < left + side && y >= top && y < top + side;
      const int shade = inside ? 255 - 7 * t % 200 : (x + 2 * y) % 40;
      pixels.push_back(static_cast<uint8_t>(shade));
      pixels.push_back(static_cast<uint8_t>(inside ? 11 * t % 256 : shade));
      pixels.push_back(static_cast<uint8_t>(inside ? 40 : 90 + 3 * t % 100));
    }
  }
  return pixels;
}

void WriteVideo(const VideoFile& file, const std::string& path) {
  QuietFfmpeg();
  Writer writer(file, path);
  for (int t = 0; t < file.frames; ++t) {
    writer.Add(file.draw ? file.draw(file, t) : DrawSquare(file, t), t);
  }
  writer.Finish();
}

int64_t DecodePlainly(const std::string& path,
                      const std::function<void(const PlainFrame&)>& take) {
  QuietFfmpeg();
  PlainDecoder decoder;
  if (!decoder.Open(path)) return 0;
  PlainFrame plain;
  int64_t frames = 0;
  while (decoder.Next(&plain)) {
    take(plain);
    ++frames;
  }
  return frames;
}

}  // namespace toque
