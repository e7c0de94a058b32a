// Files that are broken, foreign or hostile.

#include <filesystem>
#include <fstream>

#include "ATen/ops/empty.h"
#include "framework/archive/little_endian.h"
#include "framework/testing/testing.h"
#include "framework/weights/weights_file.h"

namespace toque {
namespace {

namespace fs = std::filesystem;

constexpr char kFolder[] = "framework/weights/testdata/";

std::string Contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

absl::StatusOr<WeightsFile> Parse(const std::string& file) {
  const at::Tensor bytes =
      at::empty({static_cast<int64_t>(file.size())}, at::kByte);
  std::copy(file.begin(), file.end(), bytes.mutable_data_ptr<uint8_t>());
  return ParseWeights(bytes);
}

// As the legacy form begins, before the object.
std::string Head() {
  return std::string(
             "\x80\2\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.") +
         "\x80\2M\xe9\3." + "\x80\2}.";
}

// A legacy file of the tensor "w" over one storage "0" of two floats.
std::string Legacy(const std::string& offset, const std::string& sizes,
                   const std::string& strides, int64_t elements = 2,
                   const std::string& metadata = "") {
  std::string file = Head() + "\x80\2}X\1" + std::string(3, '\0') +
                     "wctorch._utils\n_rebuild_tensor_v2\n((U\7storagectorch\n"
                     "FloatStorage\nU\1"
                     "0U\3cpuK\2tQ" +
                     offset + "(" + sizes + "t(" + strides + "t\x89}" +
                     metadata + "tRs." +
                     "\x80\2]U\1"
                     "0a.";
  AppendLittleEndian(static_cast<uint64_t>(elements), 8, &file);
  return file + std::string(8, '\0');
}

struct Foreign {
  const char* file;
  const char* error;
};

constexpr Foreign kForeign[] = {
    {"module.pth",
     "got \"__main__.Net\"; nothing in it was executed. Of a "
     "whole model save the tensors: torch.save(model.state_dict()"},
    {"module_legacy.pth", "got \"__main__.Net\"; nothing in it was executed"},
    {"script.pth", "is a TorchScript archive; save the model's tensors"},
    {"sparse.pth", "got \"torch._utils._rebuild_sparse_tensor\""},
    {"objects.npz", "a: must not be an array of objects"},
    {"big_endian.npz", "a: descr must be a little-endian number"},
};

TEST(HostileWeightsTest, RefusesWhatIsMoreThanTensorsAndSaysHowToSave) {
  for (const auto& [file, error] : kForeign) {
    EXPECT_THAT(ReadWeights(std::string(kFolder) + file), FailsWith(error))
        << file;
  }
}

TEST(HostileWeightsTest, FindsEveryCut) {
  for (const auto& entry : fs::directory_iterator(kFolder)) {
    const std::string file = Contents(entry.path());
    if (!Parse(file).ok()) continue;
    for (size_t length = 0; length < file.size(); length += 7) {
      EXPECT_THAT(Parse(file.substr(0, length)), testing::Not(IsOk()))
          << entry.path() << ", " << length;
    }
  }
}

TEST(HostileWeightsTest, SurvivesEveryFlippedByte) {
  for (const char* name : {"views.pth", "views_legacy.pth", "deflated.npz"}) {
    const std::string file = Contents(kFolder + std::string(name));
    ASSERT_OK(Parse(file)) << name;
    for (size_t i = 0; i < file.size(); ++i) {
      std::string changed = file;
      changed[i] = static_cast<char>(changed[i] ^ 0xff);
      const auto read = Parse(changed);
      if (!read.ok()) continue;
      // Every byte that a tensor shows must be there.
      for (const auto& [key, tensor] : read->tensors) (void)tensor.clone();
    }
  }
}

TEST(HostileWeightsTest, ReadsTheLegacyFileThatTheNextTestsBreak) {
  ASSERT_OK(Parse(Legacy("I0\n", "K\2", "K\1")));
}

TEST(HostileWeightsTest, RefusesTensorsOutsideTheirStorage) {
  EXPECT_THAT(Parse(Legacy("K\1", "K\2", "K\1")),
              FailsWith("w: must lie in the 2 elements of its storage, got "
                        "elements up to 3"));
  EXPECT_THAT(Parse(Legacy("I-1\n", "K\1", "K\1")),
              FailsWith("w: offset, sizes and strides must be at least 0"));
  EXPECT_THAT(Parse(Legacy("I0\n", "K\2", "I-1\n")),
              FailsWith("must be at least 0"));
  EXPECT_THAT(Parse(Legacy("I0\n", "I9223372036854775807\nK\2", "K\1K\1")),
              FailsWith("fewer than 2^58 elements"));
  EXPECT_THAT(Parse(Legacy("I0\n", "I4611686018427387904\n", "I0\n")),
              FailsWith("fewer than 2^58 elements"));
  // Elements without end that all lie on one.
  EXPECT_THAT(Parse(Legacy("I0\n", "I4294967296\n", "I0\n")),
              FailsWith("elements that share their bytes must be at most"));
}

TEST(HostileWeightsTest, RefusesValuesThatAreNotThoseOfTheStorage) {
  EXPECT_THAT(Parse(Legacy("I0\n", "K\2", "K\1", 2, "}U\4conj\x88s")),
              FailsWith("save t.resolve_conj().resolve_neg()"));
  EXPECT_OK(Parse(Legacy("I0\n", "K\2", "K\1", 2, "}U\3neg\x89s")));
}

TEST(HostileWeightsTest, BoundsNames) {
  const auto named = [](const std::string& name) {
    std::string file = Legacy("I0\n", "K\2", "K\1");
    std::string text = "X";
    AppendLittleEndian(name.size(), 4, &text);
    return file.replace(file.find("X\1"), 6, text + name);
  };
  EXPECT_OK(Parse(named(std::string(1000, 'A'))));
  EXPECT_THAT(Parse(named(std::string(1001, 'A'))),
              FailsWith("names must have at most 1000 characters"));
  // 100,000 names of 700 characters over one text.
  std::string list = Head() + "\x80\2}X";
  AppendLittleEndian(700, 4, &list);
  list += std::string(700, 'A') + "](" + std::string(100'000, 'N') + "es.";
  EXPECT_THAT(Parse(list + "\x80\2]."), FailsWith("64 MB together"));
}

TEST(HostileWeightsTest, RefusesStoragesOfAnotherSizeThanTheySay) {
  EXPECT_THAT(Parse(Legacy("I0\n", "K\1", "K\1", 1)),
              FailsWith("w: its storage must have 2 elements, got 1"));
  EXPECT_THAT(Parse(Legacy("I0\n", "K\1", "K\1", 3)),
              FailsWith("is cut off in storage 0"));
  EXPECT_THAT(Parse(Legacy("I0\n", "K\1", "K\1", -1)),
              FailsWith("is cut off in storage 0"));
}

TEST(HostileWeightsTest, RefusesContainersThatHoldThemselves) {
  EXPECT_THAT(Parse(Head() + "\x80\2]q\1h\1a." + "\x80\2]."),
              FailsWith("nested at most 64 deep"));
  // Each list holds the one before it twice: 2^40 leaves.
  std::string doubling = Head() + "\x80\2K\1";
  for (int i = 0; i < 40; ++i) doubling += "2\x86";
  EXPECT_THAT(Parse(doubling + "." + "\x80\2]."),
              FailsWith("names must have at most 1000 characters, and 64 MB"));
}

TEST(HostileWeightsTest, RefusesWhatIsNoFileOfWeights) {
  EXPECT_THAT(Parse(""), FailsWith("is no file of weights, or is cut off"));
  EXPECT_THAT(Parse("abc"), FailsWith("is no file of weights"));
  EXPECT_THAT(Parse("\x80\4K\1."), FailsWith("but not of torch.save"));
  EXPECT_THAT(Parse(Head() + "\x80\2]." + "\x80\2]."),
              FailsWith("must hold a tensor"));
  EXPECT_THAT(ReadWeights(TestFolder() + "/none"),
              FailsWith("/none: can't be read: No such file"));
  EXPECT_THAT(ReadWeights(TestFolder()), FailsWith(": must be a file"));
}

TEST(HostileWeightsTest, RefusesTheHostilePicklesAndNamesTheFile) {
  SKIP_WITHOUT_DATA();
  size_t refused = 0;
  for (const auto& entry : fs::directory_iterator(
           DataFolder() + "/malformed-weights/picklescan-data")) {
    // The two that only hold tensors.
    if (entry.path().filename().string().ends_with("pytorch_model.bin")) {
      EXPECT_OK(ReadWeights(entry.path()));
      continue;
    }
    EXPECT_THAT(ReadWeights(entry.path()), FailsWith(entry.path().string()));
    ++refused;
  }
  EXPECT_GE(refused, 40u);
}

TEST(HostileWeightsTest, RefusesRealFilesCutAtEveryPercent) {
  SKIP_WITHOUT_DATA();
  for (const char* name :
       {"burn/mnist.pt", "burn/mnist.safetensors", "candle/test.npz",
        "akamaster/resnet20-12fca82f.th"}) {
    const std::string file = Contents(DataFolder() + "/weights/" + name);
    ASSERT_OK(Parse(file)) << name;
    for (size_t percent = 0; percent < 100; ++percent) {
      EXPECT_THAT(Parse(file.substr(0, file.size() * percent / 100)),
                  testing::Not(IsOk()))
          << name << ", " << percent << " %";
    }
  }
  EXPECT_THAT(ReadWeights(DataFolder() + "/weights/burn-reader/broken.pt"),
              FailsWith("broken.pt: is no file of weights"));
  EXPECT_THAT(ReadWeights(DataFolder() + "/weights/tch/foo.pt"),
              FailsWith("is a TorchScript archive"));
  EXPECT_THAT(
      ReadWeights(DataFolder() + "/weights/burn-reader/tar_float32.tar"),
      FailsWith("must not be the tar of PyTorch before"));
}

}  // namespace
}  // namespace toque
