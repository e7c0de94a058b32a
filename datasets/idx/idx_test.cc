#include <algorithm>
#include <cmath>
#include <fstream>
#include <numeric>

#include "framework/core/dataset.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

using testing::ElementsAre;

using Bytes = std::vector<uint8_t>;

// An IDX file: its header, and then `body`.
Bytes File(const std::vector<uint32_t>& shape, const Bytes& body) {
  Bytes bytes = {0, 0, 8, static_cast<uint8_t>(shape.size())};
  for (const uint32_t size : shape) {
    for (const int shift : {24, 16, 8, 0}) {
      bytes.push_back(static_cast<uint8_t>(size >> shift));
    }
  }
  bytes.insert(bytes.end(), body.begin(), body.end());
  return bytes;
}

class IdxTest : public testing::Test {
 protected:
  absl::StatusOr<std::unique_ptr<Dataset>> Open(
      std::string_view options, const std::string& folder) const {
    auto idx = MakeOrDie<Dataset>("recipe.Idx", options);
    RETURN_IF_ERROR(idx->Open(Context().WithDataFolder(folder)));
    return idx;
  }

  absl::StatusOr<std::unique_ptr<Dataset>> Open(const Bytes& images,
                                                const Bytes& labels) const {
    Write("images", images);
    Write("labels", labels);
    return Open("images: 'images' labels: 'labels'", folder_);
  }

  absl::Status Fault(const Bytes& images, const Bytes& labels) const {
    return Open(images, labels).status();
  }

  void Write(const std::string& name, const Bytes& bytes) const {
    std::ofstream(folder_ + "/" + name, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
  }

  static std::vector<float> Read(const Dataset& idx, int64_t index) {
    Example example;
    Rng rng(0);
    EXPECT_OK(idx.Read(index, rng, &example));
    const Image& image = example.images.at(0).at(0);
    std::vector<float> pixels(static_cast<size_t>(image.elements()));
    EXPECT_OK(image.Write(pixels.data()));
    for (float& pixel : pixels) pixel = std::round(pixel * 255);
    return pixels;
  }

  const std::string folder_ = TestFolder();
  const Bytes images_ = File({2, 1, 3}, {1, 2, 3, 4, 5, 255});
  const Bytes labels_ = File({2}, {9, 4});
};

TEST_F(IdxTest, ReadsGreyImages) {
  const auto idx = Open(images_, labels_);
  ASSERT_OK(idx);
  EXPECT_EQ((*idx)->size(), 2);
  EXPECT_THAT((*idx)->Info().shape, ElementsAre(1, 1, 3));
  EXPECT_THAT(*(*idx)->Labels(), ElementsAre(9, 4));
  EXPECT_THAT(Read(**idx, 1), ElementsAre(4, 5, 255));
}

TEST_F(IdxTest, ReadsImagesOfSeveralChannels) {
  const auto idx = Open(File({2, 2, 1, 2}, {1, 2, 3, 4, 5, 6, 7, 8}), labels_);
  ASSERT_OK(idx);
  EXPECT_THAT((*idx)->Info().shape, ElementsAre(2, 1, 2));
  EXPECT_THAT(Read(**idx, 1), ElementsAre(5, 6, 7, 8));
}

TEST_F(IdxTest, RefusesAFileCutAnywhere) {
  for (size_t size = 0; size < images_.size(); ++size) {
    const Bytes cut(images_.begin(), images_.begin() + static_cast<long>(size));
    EXPECT_THAT(Fault(cut, labels_), FailsWith("/images: ")) << size;
  }
  for (size_t size = 0; size < labels_.size(); ++size) {
    const Bytes cut(labels_.begin(), labels_.begin() + static_cast<long>(size));
    EXPECT_THAT(Fault(images_, cut), FailsWith("/labels: ")) << size;
  }
}

TEST_F(IdxTest, SaysWhatAFileHoldsOfWhatItsHeaderPromises) {
  EXPECT_THAT(Fault(File({2, 1, 3}, {1, 2}), labels_),
              FailsWith("images: header promises 6 bytes, the file holds 2"));
  EXPECT_THAT(
      Fault(File({2, 1, 3}, Bytes(7)), labels_),
      FailsWith("images: header promises 6 bytes, the file holds more"));
  // Gigabytes, and none of them there.
  EXPECT_THAT(Fault(File({1u << 31, 1u << 16, 8}, {}), labels_),
              FailsWith("promises 1125899906842624 bytes, the file holds 0"));
  EXPECT_THAT(Fault(File({1u << 31, 1u << 31, 1u << 31}, {}), labels_),
              FailsWith("the header promises more than any file can hold"));
}

TEST_F(IdxTest, RefusesWhatIsNoArrayOfImages) {
  EXPECT_THAT(
      Fault({'n', 'o', 'n', 'e'}, labels_),
      FailsWith("images: an IDX file of bytes must begin with 0, 0, 8"));
  EXPECT_THAT(Fault(labels_, labels_),
              FailsWith("dimensions of the images must be from 3 to 4, got 1"));
  EXPECT_THAT(Fault(File({2, 0, 3}, {}), labels_),
              FailsWith("each size must be at least 1, got 0"));
  EXPECT_THAT(Fault(File({2, 17, 1, 1}, Bytes(34)), labels_),
              FailsWith("channels must be from 1 to 16, got 17"));
}

TEST_F(IdxTest, RefusesLabelsThatDoNotFit) {
  EXPECT_THAT(Fault(images_, File({3}, {1, 2, 3})),
              FailsWith("labels: 2 images must have as many labels, got 3"));
  EXPECT_THAT(Fault(images_, File({2}, {1, 10})),
              FailsWith("label 1 must be below 10, the classes, got 10"));
}

TEST_F(IdxTest, NamesAFileThatIsMissing) {
  EXPECT_THAT(Open("images: 'none' labels: 'none'", folder_),
              FailsWith("/none: can't be opened: No such file or directory"));
}

TEST_F(IdxTest, RefusesBadOptions) {
  EXPECT_THAT(Make<Dataset>("recipe.Idx", "labels: 'x'"),
              FailsWith("images must be given"));
  EXPECT_THAT(Make<Dataset>("recipe.Idx", "images: 'x'"),
              FailsWith("labels must be given"));
  EXPECT_THAT(Make<Dataset>("recipe.Idx", "images: 'x' labels: 'x' classes: 0"),
              FailsWith("classes must be at least 1, got 0"));
}

TEST_F(IdxTest, ReadsMnist) {
  SKIP_WITHOUT_DATA();
  const auto idx = Open(R"(images: "mnist/t10k-images-idx3-ubyte.gz"
                           labels: "mnist/t10k-labels-idx1-ubyte.gz")",
                        DataFolder());
  ASSERT_OK(idx);
  EXPECT_EQ((*idx)->size(), 10'000);
  EXPECT_THAT((*idx)->Info().shape, ElementsAre(1, 28, 28));
  // Python's gzip module on the same files.
  const std::vector<int64_t> labels = *(*idx)->Labels();
  EXPECT_THAT(absl::MakeSpan(labels).subspan(0, 5), ElementsAre(7, 2, 1, 0, 4));
  const std::vector<float> first = Read(**idx, 0);
  EXPECT_NEAR(std::accumulate(first.begin(), first.end(), 0.0), 18454, 0.1);
}

TEST_F(IdxTest, SaysWhatATruncatedFileHolds) {
  SKIP_WITHOUT_DATA();
  EXPECT_THAT(
      Open(R"(images: "truncated-datasets/t10k-images-idx3-ubyte"
              labels: "mnist/t10k-labels-idx1-ubyte.gz")",
           DataFolder()),
      FailsWith("t10k-images-idx3-ubyte: header promises 7840000 bytes, "
                "the file holds 2883568"));
  EXPECT_THAT(
      Open(R"(images: "truncated-datasets/train-images-idx3-ubyte.gz"
              labels: "mnist/train-labels-idx1-ubyte.gz")",
           DataFolder()),
      FailsWith("train-images-idx3-ubyte.gz: header promises 47040000 bytes, "
                "the file holds 13"));
}

}  // namespace
}  // namespace toque
