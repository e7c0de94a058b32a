// Files that are replaced, written to or deleted while clips are read.

#include <filesystem>
#include <fstream>
#include <vector>

#include "framework/testing/testing.h"
#include "framework/testing/video_file.h"
#include "framework/video/packet_source.h"
#include "framework/video/video_reader.h"
#include "framework/video_index/make_index.h"

namespace toque {
namespace {

namespace fs = std::filesystem;

constexpr char kChanged[] = "the file was replaced or written to";

// Packets of an .mp4 are read from the file itself, those of a .ts by way of
// the container.
class ChangedFile : public testing::TestWithParam<std::string> {
 protected:
  ChangedFile() { WriteVideo({.encoder = "libx264"}, path_); }

  std::string InFolder(const std::string& name) const {
    return folder_ + "/" + name + GetParam();
  }
  // A clip of the same kind with other frames.
  static void WriteOther(const std::string& path) {
    WriteVideo({.encoder = "libx264",
                .frames = 25,
                .draw = [](const VideoFile& file,
                           int t) { return DrawSquare(file, 100 - t); }},
               path);
  }
  static absl::StatusOr<std::vector<uint8_t>> Frame(VideoReader& reader,
                                                    int64_t number) {
    Image image;
    Image* const pointer = &image;
    RETURN_IF_ERROR(reader.Read({&number, 1}, {&pointer, 1}));
    const EditablePixels pixels = *image.Edit();
    return std::vector<uint8_t>(pixels.data,
                                pixels.data + pixels.height * pixels.width * 3);
  }

  const std::string folder_ = TestFolder();
  const std::string path_ = InFolder("clip");
  PacketBuffers buffers_;
};

TEST_P(ChangedFile, AnotherClipBetweenIndexAndPacketsIsBroken) {
  const auto index = IndexOf(path_, folder_ + "/indexes", {});
  ASSERT_OK(index);
  ASSERT_EQ(index->direct, GetParam() == ".mp4");
  ASSERT_OK(PacketsOf(path_, *index, VideoLimits().max_pixels, &buffers_));
  WriteOther(InFolder("other"));
  fs::rename(InFolder("other"), path_);
  const auto packets =
      PacketsOf(path_, *index, VideoLimits().max_pixels, &buffers_);
  if (index->direct) {
    EXPECT_TRUE(absl::IsDataLoss(packets.status()));
    EXPECT_THAT(packets, FailsWith(kChanged));
    return;
  }
  ASSERT_OK(packets);
  const VideoLimits limits;
  const OwnedPacket packet(av_packet_alloc());
  const absl::Status read = (*packets)->Read(0, Deadline(limits), packet.get());
  EXPECT_TRUE(absl::IsDataLoss(read));
  EXPECT_THAT(read, FailsWith(kChanged));
}

TEST_P(ChangedFile, WritingAnotherClipOverItIsBroken) {
  VideoReader reader;
  ASSERT_OK(reader.Open(path_));
  ASSERT_OK(Frame(reader, 3));
  WriteOther(path_);
  const auto frame = Frame(reader, 3);
  EXPECT_TRUE(absl::IsDataLoss(frame.status()));
  EXPECT_THAT(frame, FailsWith(kChanged));
  // Opened anew it is the other clip.
  ASSERT_OK(reader.Open(path_));
  EXPECT_EQ(reader.index().size(), 25);
  EXPECT_OK(Frame(reader, 24));
}

TEST_P(ChangedFile, CuttingItAnywhereIsBroken) {
  const auto size = static_cast<int64_t>(fs::file_size(path_));
  for (const int64_t left : {size - 1, size / 2, int64_t{600}, int64_t{0}}) {
    WriteVideo({.encoder = "libx264"}, path_);
    VideoReader reader;
    ASSERT_OK(reader.Open(path_));
    fs::resize_file(path_, static_cast<uintmax_t>(left));
    const auto frame = Frame(reader, 0);
    EXPECT_TRUE(absl::IsDataLoss(frame.status())) << left;
    if (GetParam() == ".mp4") {
      EXPECT_THAT(frame, FailsWith(kChanged)) << left;
    }
  }
}

TEST_P(ChangedFile, AppendingToItIsBroken) {
  VideoReader reader;
  ASSERT_OK(reader.Open(path_));
  std::ofstream(path_, std::ios::app) << "x";
  EXPECT_THAT(Frame(reader, 0), FailsWith(kChanged));
}

TEST_P(ChangedFile, WritingToItWhileItIsIndexedIsBroken) {
  int questions = 0;
  VideoLimits limits;
  limits.cancelled = [&] {
    if (++questions == 15) std::ofstream(path_, std::ios::app) << "x";
    return false;
  };
  const auto index = IndexOf(path_, folder_ + "/indexes", limits);
  ASSERT_GE(questions, 15);
  EXPECT_TRUE(absl::IsDataLoss(index.status()));
  EXPECT_THAT(index, FailsWith(kChanged));
  EXPECT_FALSE(fs::exists(folder_ + "/indexes"));
}

// Through the descriptor that is open; a container is opened again.
TEST_P(ChangedFile, DeletingOrReplacingAnOpenFileDoesNoHarm) {
  VideoReader reader;
  ASSERT_OK(reader.Open(path_));
  const auto before = Frame(reader, 7);
  ASSERT_OK(before);
  fs::remove(path_);
  if (GetParam() != ".mp4") {
    EXPECT_THAT(Frame(reader, 7),
                FailsWith("can't be opened: No such file or directory"));
    return;
  }
  for (const bool replaced : {false, true}) {
    if (replaced) WriteOther(path_);
    const auto after = Frame(reader, 7);
    ASSERT_OK(after);
    EXPECT_TRUE(*after == *before) << replaced;
  }
}

INSTANTIATE_TEST_SUITE_P(Containers, ChangedFile,
                         testing::Values(".mp4", ".ts"),
                         [](const auto& info) { return info.param.substr(1); });

}  // namespace
}  // namespace toque
