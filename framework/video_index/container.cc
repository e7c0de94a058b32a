#include "framework/video_index/container.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

#include "framework/video_index/codec_parameters.h"

extern "C" {
#include "libavutil/mem.h"
}

namespace toque {
namespace {

// Containers of video, none of which opens further files or addresses.
constexpr char kContainers[] =
    "mov,matroska,avi,mpeg,mpegts,mpegvideo,m4v,h261,h263,h264,hevc,vc1,av1,"
    "obu,ivf,flv,live_flv,asf,ogg,rm,nut,mxf,gxf,dv,wtv,nuv,dirac,mjpeg,gif,"
    "apng,yuv4mpegpipe";
constexpr int kBuffer = 1 << 15;

// The options of each stream's decoder, which FFmpeg may need to learn how
// frames are coded.
class DecoderOptions {
 public:
  DecoderOptions(const AVFormatContext& input, int64_t max_pixels)
      : options_(input.nb_streams) {
    for (size_t i = 0; i < options_.size(); ++i) {
      const AVCodecParameters& coded = *input.streams[i]->codecpar;
      av_dict_set_int(&options_[i], "max_pixels",
                      PaddedPixels(coded.width, coded.height, max_pixels), 0);
    }
  }
  ~DecoderOptions() {
    for (AVDictionary*& option : options_) av_dict_free(&option);
  }
  DecoderOptions(const DecoderOptions&) = delete;
  DecoderOptions& operator=(const DecoderOptions&) = delete;
  AVDictionary** get() { return options_.data(); }

 private:
  std::vector<AVDictionary*> options_;
};

int Refuse(AVFormatContext*, AVIOContext**, const char*, int, AVDictionary**) {
  return AVERROR(EPERM);
}

}  // namespace

void Container::FreedAsBytes::operator()(AVIOContext* bytes) const {
  av_freep(&bytes->buffer);
  avio_context_free(&bytes);
}

Container::~Container() {
  input_.reset();
  if (file_ >= 0) close(file_);
}

absl::StatusOr<std::unique_ptr<Container>> Container::Open(
    const std::string& path, int64_t max_pixels, const Deadline& deadline,
    int stream) {
  QuietFfmpeg();
  std::unique_ptr<Container> container(new Container);
  container->deadline_ = &deadline;
  RETURN_IF_ERROR(container->OpenFile(path));
  RETURN_IF_ERROR(container->OpenInput(path, max_pixels));
  RETURN_IF_ERROR(container->FindVideo(max_pixels, stream));
  return container;
}

absl::Status Container::OpenFile(const std::string& path) {
  // Opening doesn't wait for the other end of a pipe.
  file_ = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  struct stat facts;
  if (file_ < 0 || fstat(file_, &facts) != 0) {
    return Broken(absl::StrCat("can't be opened: ", std::strerror(errno)));
  }
  if (!S_ISREG(facts.st_mode)) return Broken("must be a file");
  if (facts.st_size == 0) return Broken("must be a video, got an empty file");
  stamp_ = StampOf(facts);
  auto* const buffer = static_cast<uint8_t*>(av_malloc(kBuffer));
  if (buffer == nullptr) return Broken("no memory for the container");
  bytes_.reset(
      avio_alloc_context(buffer, kBuffer, 0, this, &ReadBytes, nullptr, &Seek));
  if (bytes_ != nullptr) return absl::OkStatus();
  av_free(buffer);
  return Broken("no memory for the container");
}

absl::Status Container::OpenInput(const std::string& path, int64_t max_pixels) {
  AVFormatContext* input = avformat_alloc_context();
  if (input == nullptr) return Broken("no memory for the container");
  input->pb = bytes_.get();
  input->io_open = &Refuse;
  input->interrupt_callback = {
      [](void* self) {
        return static_cast<Container*>(self)->deadline_->Check().ok() ? 0 : 1;
      },
      this};
  AVDictionary* options = nullptr;
  av_dict_set(&options, "format_whitelist", kContainers, 0);
  int result = avformat_open_input(&input, path.c_str(), nullptr, &options);
  av_dict_free(&options);
  input_.reset(input);  // null after an error
  if (result == AVERROR(EINVAL)) result = AVERROR_INVALIDDATA;
  if (result < 0) return Fault("must be a video", result);
  result = avformat_find_stream_info(input,
                                     DecoderOptions(*input, max_pixels).get());
  if (result < 0) return Fault("its streams can't be made out", result);
  return deadline_->Check();
}

absl::Status Container::FindVideo(int64_t max_pixels, int stream) {
  const int best = av_find_best_stream(input_.get(), AVMEDIA_TYPE_VIDEO, stream,
                                       -1, nullptr, 0);
  if (best < 0 ||
      (input_->streams[best]->disposition & AV_DISPOSITION_ATTACHED_PIC) != 0) {
    return Broken("must have a video stream");
  }
  stream_ = input_->streams[best];
  for (unsigned i = 0; i < input_->nb_streams; ++i) {
    AVStream* const other = input_->streams[i];
    if (other != stream_) other->discard = AVDISCARD_ALL;
  }
  const int64_t width = stream_->codecpar->width;
  const int64_t height = stream_->codecpar->height;
  if (width < 1 || height < 1) {
    return Broken("its frames must have a size");
  }
  return CheckPixels(width, height, max_pixels);
}

absl::StatusOr<bool> Container::Next(const Deadline& deadline,
                                     AVPacket* packet) {
  deadline_ = &deadline;
  while (true) {
    RETURN_IF_ERROR(deadline.Check());
    av_packet_unref(packet);
    const int result = av_read_frame(input_.get(), packet);
    if (result < 0) {
      RETURN_IF_ERROR(deadline.Check());
      if (fault_ == 0) return false;
      return Broken(absl::StrCat("can't be read: ", std::strerror(fault_)));
    }
    if (packet->stream_index == stream_->index && packet->size > 0) return true;
  }
}

bool Container::HasAudio() const {
  const absl::Span<AVStream* const> streams(input_->streams,
                                            input_->nb_streams);
  return std::any_of(streams.begin(), streams.end(), [](const AVStream* one) {
    return one->codecpar->codec_type == AVMEDIA_TYPE_AUDIO;
  });
}

absl::Status Container::Fault(std::string_view what, int result) const {
  RETURN_IF_ERROR(deadline_->Check());
  return Broken(absl::StrCat(View(what), ": ", TextOf(result)));
}

absl::Status Container::CheckUnchanged(const FileStamp& stamp) const {
  return toque::CheckUnchanged(file_, stamp);
}

size_t Container::ReadAt(uint64_t offset, absl::Span<uint8_t> bytes) const {
  size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t got = pread(file_, bytes.data() + done, bytes.size() - done,
                              static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    done += static_cast<size_t>(got);
  }
  return done;
}

int Container::ReadBytes(void* self, uint8_t* bytes, int size) {
  auto* const container = static_cast<Container*>(self);
  if (!container->deadline_->Check().ok()) return AVERROR_EXIT;
  ssize_t got = 0;
  do {
    got = pread(container->file_, bytes, static_cast<size_t>(size),
                container->position_);
  } while (got < 0 && errno == EINTR);
  if (got < 0) return AVERROR(container->fault_ = errno);
  if (got == 0) return AVERROR_EOF;
  container->position_ += got;
  return static_cast<int>(got);
}

int64_t Container::Seek(void* self, int64_t offset, int whence) {
  auto* const container = static_cast<Container*>(self);
  whence &= ~AVSEEK_FORCE;
  if (whence == AVSEEK_SIZE) return container->stamp_.size;
  if (whence == SEEK_CUR) offset += container->position_;
  if (whence == SEEK_END) offset += container->stamp_.size;
  if (offset < 0) return AVERROR(EINVAL);
  return container->position_ = offset;
}

}  // namespace toque
