// What loading pictures costs beside decoding and resizing them, and whether it
// stays steady: CPU time, the first batch, gaps between epochs, memory of a
// list of two million entries, few descriptors, many loaders.
//
//   tools/bazel run //tests/benchmarks:image_loader -- --pictures=FOLDER

#include <sys/resource.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "ATen/core/Tensor.h"
#include "ATen/ops/empty.h"
#include "framework/codec/encode.h"
#include "framework/command/flags.h"
#include "framework/core/dataset.h"
#include "framework/core/sampler.h"
#include "framework/core/transform.h"
#include "framework/loader/loader.h"
#include "framework/testing/testing.h"
#include "gflags/gflags.h"
#include "glog/logging.h"
#include "tests/benchmarks/measure.h"

DEFINE_string(pictures, "", "A folder of photographs.");
DEFINE_int32(rounds, 5, "Rounds, of which the best and the median count.");
DEFINE_int64(entries, 2000000, "Length of the long list.");
DEFINE_int32(loaders, 10000, "How many loaders are made and torn down.");

namespace toque {
namespace {

namespace fs = std::filesystem;

struct Setup {
  std::unique_ptr<Dataset> dataset;
  std::unique_ptr<Sampler> sampler = MakeOrDie<Sampler>("recipe.Shuffle");
  std::vector<std::unique_ptr<Transform>> transforms;

  Setup(const std::string& list, const std::string& folder)
      : dataset(MakeOrDie<Dataset>(
            "recipe.ImageList",
            absl::StrCat("list: '", list, "' folder: '", folder, "'"))) {
    CHECK(dataset->Open(Context()).ok());
  }

  void Add(std::string_view name, std::string_view options) {
    transforms.push_back(MakeOrDie<Transform>(name, options));
  }

  std::unique_ptr<Loader> Start(int64_t batch_size, int threads) const {
    LoaderOptions options;
    options.dataset = dataset.get();
    options.end = dataset->size();
    options.sampler = sampler.get();
    for (const auto& transform : transforms) {
      options.transforms.push_back(transform.get());
    }
    options.batch_size = batch_size;
    options.threads = threads;
    auto loader = Loader::Start(options);
    CHECK(loader.ok()) << loader.status();
    return *std::move(loader);
  }
};

Setup Photographs(const std::string& scratch) {
  const std::string list = scratch + "/photographs.txt";
  std::ofstream text(list);
  for (const auto& entry : fs::directory_iterator(UserPath(FLAGS_pictures))) {
    if (entry.path().extension() == ".txt") continue;
    text << entry.path().filename().string() << "\t0\n";
  }
  text.close();
  Setup setup(list, UserPath(FLAGS_pictures));
  setup.Add("recipe.RandomResizedCrop", "size: 224");
  setup.Add("recipe.HorizontalFlip", "");
  setup.Add("recipe.Normalize",
            "mean: [ 0.485, 0.456, 0.406 ] std: [ 0.229, 0.224, 0.225 ]");
  return setup;
}

// Decodes and resizes the pictures of one epoch as the loader does, in this
// thread, and nothing else: file contents and the batch's memory are there.
class Bare {
 public:
  explicit Bare(const Setup& setup) : setup_(setup) {
    for (int64_t i = 0; i < setup.dataset->size(); ++i) {
      Example example;
      Rng rng(0);
      CHECK(setup.dataset->Read(i, rng, &example).ok());
      const auto bytes = example.images[0][0].encoded();
      files_.emplace_back(bytes.begin(), bytes.end());
    }
  }

  double Epoch() {
    float* const out = batch_.mutable_data_ptr<float>();
    for (size_t i = 0; i < files_.size(); ++i) {
      CHECK(example_.SetImage().Open(files_[i]).ok());
      for (size_t t = 0; t < setup_.transforms.size(); ++t) {
        Rng rng(0, epoch_, i, static_cast<uint64_t>(Stream::kTransform) + t);
        CHECK(setup_.transforms[t]->Apply(example_, rng).ok());
      }
      CHECK(example_.images[0][0].Write(out + i % 50 * kValues).ok());
    }
    ++epoch_;
    return static_cast<double>(files_.size());
  }

 private:
  static constexpr int64_t kValues = 3 * 224 * 224;

  const Setup& setup_;
  std::vector<std::vector<uint8_t>> files_;
  Example example_;
  at::Tensor batch_ = at::empty({50, kValues});
  uint64_t epoch_ = 0;
};

void CompareCpu(const Setup& setup) {
  Bare bare(setup);
  // In the calling thread too, so that both take memory alike.
  const auto loader = setup.Start(50, 0);
  Batch batch;
  const auto timings = Interleave(
      {{"bare", [&] { return bare.Epoch() + bare.Epoch() + bare.Epoch(); }},
       {"loader",
        [&] {
          for (int64_t i = 0; i < 3 * loader->batches_per_epoch(); ++i) {
            CHECK(loader->Next(&batch).ok());
          }
          return static_cast<double>(3 * loader->examples_per_epoch());
        }}},
      FLAGS_rounds);
  std::vector<double> shares;
  for (size_t i = 0; i < timings[0].cpu.size(); ++i) {
    shares.push_back((timings[1].cpu[i] / timings[0].cpu[i] - 1) * 100);
  }
  PrintResult("bare_best", Timing::Best(timings[0].cpu) * 1e6, "us/picture");
  PrintResult("loader_best", Timing::Best(timings[1].cpu) * 1e6, "us/picture");
  PrintResult(
      "loader_beside_decoding_best",
      (Timing::Best(timings[1].cpu) / Timing::Best(timings[0].cpu) - 1) * 100,
      "%");
  PrintResult("loader_beside_decoding_median", Timing::Median(shares), "%");
}

// From the construction of a loader of two threads to its first batch of 50,
// and how much of that is decoding: half of what 50 pictures take one thread.
void FirstBatch(const Setup& setup) {
  Bare bare(setup);
  bare.Epoch();
  std::vector<double> first, decoding;
  for (int i = 0; i < 7; ++i) {
    const double begin = WallSeconds();
    const double pictures = bare.Epoch();
    decoding.push_back((WallSeconds() - begin) / pictures * 25);
    const double start = WallSeconds();
    const auto loader = setup.Start(50, 2);
    Batch batch;
    CHECK(loader->Next(&batch).ok());
    first.push_back(WallSeconds() - start);
  }
  PrintResult("first_batch_median", Timing::Median(first) * 1e3, "ms");
  PrintResult("its_decoding_median", Timing::Median(decoding) * 1e3, "ms");
}

double ResidentMegabytes() {
  int64_t total = 0, resident = 0;
  std::ifstream("/proc/self/statm") >> total >> resident;
  return static_cast<double>(resident) * 4096 / 1e6;
}

// Many entries that name 300 small pictures.
Setup LongList(const std::string& scratch) {
  std::vector<uint8_t> pixels(8 * 8 * 3, 100);
  for (int i = 0; i < 300; ++i) {
    pixels[0] = static_cast<uint8_t>(i);
    std::ofstream(absl::StrCat(scratch, "/", i, ".ppm"), std::ios::binary)
        << EncodePnm({pixels.data(), 8, 8, 3});
  }
  std::ofstream list(scratch + "/long.txt");
  for (int64_t i = 0; i < FLAGS_entries; ++i) {
    list << i % 300 << ".ppm\t" << i % 10 << "\n";
  }
  list.close();
  return Setup(scratch + "/long.txt", scratch);
}

// Ten epochs of 2,000 steps: what is resident after each, and how long the
// first batch of an epoch is waited for when whoever trains leaves time to make
// it.
void Steady(const std::string& scratch) {
  const double before = ResidentMegabytes();
  const Setup setup = LongList(scratch);
  PrintResult("long_list", ResidentMegabytes() - before, "MB");
  const auto loader = setup.Start(FLAGS_entries / 2000, 2);
  Batch batch;
  std::vector<double> gaps, resident;
  for (int epoch = 0; epoch < 10; ++epoch) {
    for (int64_t i = 0; i < loader->batches_per_epoch(); ++i) {
      // The consumer is the slower one around an epoch's end.
      if (i == 0 && epoch > 0) {
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
      }
      const double begin = WallSeconds();
      CHECK(loader->Next(&batch).ok());
      if (i == 0 && epoch > 0) gaps.push_back((WallSeconds() - begin) * 1e3);
    }
    resident.push_back(ResidentMegabytes());
  }
  PrintResult("gap_median", Timing::Median(gaps), "ms");
  PrintResult("gap_worst", *std::ranges::max_element(gaps), "ms");
  PrintResult("resident_after_first_epoch", resident[1], "MB");
  PrintResult("resident_growth_of_8_epochs",
              (resident.back() / resident[1] - 1) * 100, "%");
  PrintResult("batch_memory_taken", static_cast<double>(loader->allocations()),
              "times");
}

void ManyLoaders(const Setup& setup) {
  Batch batch;
  for (int i = 0; i < FLAGS_loaders; ++i) {
    const auto loader = setup.Start(4, i % 4);
    for (int step = 0; step < i % 5; ++step) CHECK(loader->Next(&batch).ok());
  }
  PrintResult("loaders_made_and_torn_down", FLAGS_loaders, "times");
}

}  // namespace
}  // namespace toque

int main(int argc, char** argv) {
  toque::ParseFlags("Measures how pictures are loaded.", &argc, &argv);
  CHECK(!FLAGS_pictures.empty()) << "--pictures must be given";
  const rlimit few = {64, 64};
  CHECK_EQ(setrlimit(RLIMIT_NOFILE, &few), 0);
  const std::string scratch =
      std::filesystem::temp_directory_path() / "toque_image_loader";
  std::filesystem::create_directories(scratch);
  toque::Steady(scratch);
  const toque::Setup setup = toque::Photographs(scratch);
  toque::CompareCpu(setup);
  toque::FirstBatch(setup);
  const toque::Setup small = toque::LongList(scratch);
  toque::ManyLoaders(small);
  std::filesystem::remove_all(scratch);
}
