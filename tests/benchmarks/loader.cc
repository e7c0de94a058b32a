// What the loader costs, against a hand-written loop that crops and normalises
// straight into the batch: 60,000 pictures of 28 x 28 bytes in an Idx file,
// batch 128, a random crop of each.
//
//   tools/bazel run //tests/benchmarks:loader -- [--rounds=7]

#include "framework/loader/loader.h"

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <new>
#include <numeric>

#include "ATen/core/Tensor.h"
#include "ATen/ops/empty.h"
#include "framework/command/flags.h"
#include "framework/core/dataset.h"
#include "framework/core/sampler.h"
#include "framework/core/transform.h"
#include "framework/testing/testing.h"
#include "gflags/gflags.h"
#include "glog/logging.h"
#include "tests/benchmarks/measure.h"

DEFINE_int32(rounds, 7, "Rounds, of which the best and the median count.");

namespace {
std::atomic<int64_t> allocations = 0;
}  // namespace

// Every allocation of the process is counted.
void* operator new(size_t size) {
  allocations.fetch_add(1, std::memory_order_relaxed);
  void* memory = std::malloc(size);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, size_t) noexcept { std::free(memory); }

namespace toque {
namespace {

constexpr int64_t kExamples = 60000;
constexpr int64_t kSide = 28;
constexpr int64_t kPadding = 2;
constexpr int64_t kBatch = 128;
constexpr float kMean = 0.1307F;
constexpr float kStd = 0.3081F;

void AppendBigEndian(uint32_t value, std::string* out) {
  for (int shift = 24; shift >= 0; shift -= 8) {
    *out += static_cast<char>(value >> shift);
  }
}

// Two Idx files of random pictures and labels in `folder`.
void WriteFiles(const std::string& folder) {
  std::string images;
  for (const uint32_t word : {0x803u, 60000u, 28u, 28u}) {
    AppendBigEndian(word, &images);
  }
  Rng rng(1);
  for (int64_t i = 0; i < kExamples * kSide * kSide; ++i) {
    images += static_cast<char>(rng.Next());
  }
  std::string labels;
  for (const uint32_t word : {0x801u, 60000u}) AppendBigEndian(word, &labels);
  for (int64_t i = 0; i < kExamples; ++i) {
    labels += static_cast<char>(rng.Below(10));
  }
  std::ofstream(folder + "/images", std::ios::binary) << images;
  std::ofstream(folder + "/labels", std::ios::binary) << labels;
}

struct Setup {
  std::string pixels;  // what the hand-written loop reads
  std::string labels;
  std::unique_ptr<Dataset> dataset;
  std::unique_ptr<Sampler> sampler;
  std::vector<std::unique_ptr<Transform>> transforms;

  explicit Setup(const std::string& folder) {
    WriteFiles(folder);
    pixels = Contents(folder + "/images").substr(16);
    labels = Contents(folder + "/labels").substr(8);
    const Context context = Context().WithDataFolder(folder);
    dataset = MakeOrDie<Dataset>("recipe.Idx",
                                 "images: 'images' labels: 'labels'", context);
    CHECK(dataset->Open(context).ok());
    sampler = MakeOrDie<Sampler>("recipe.Shuffle");
    transforms.push_back(
        MakeOrDie<Transform>("recipe.RandomCrop", "size: 28 padding: 2"));
    transforms.push_back(
        MakeOrDie<Transform>("recipe.Normalize", "mean: 0.1307 std: 0.3081"));
  }

  static std::string Contents(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  std::unique_ptr<Loader> Start(int threads) const {
    LoaderOptions options;
    options.dataset = dataset.get();
    options.end = kExamples;
    options.sampler = sampler.get();
    for (const auto& transform : transforms) {
      options.transforms.push_back(transform.get());
    }
    options.batch_size = kBatch;
    options.threads = threads;
    auto loader = Loader::Start(options);
    CHECK(loader.ok()) << loader.status();
    return *std::move(loader);
  }
};

// The loop that one would write by hand.
class HandWritten {
 public:
  explicit HandWritten(const Setup& setup)
      : setup_(setup),
        input_(at::empty({kBatch, 1, kSide, kSide})),
        target_(at::empty({kBatch}, at::kLong)),
        order_(kExamples) {}

  // One epoch. With `keyed`, the draws are those of the loader, place by place;
  // else they come from one running generator, which is cheaper.
  void Epoch(int64_t epoch, bool keyed,
             const std::function<void(int64_t, int64_t)>& batch_done) {
    Rng order_rng(0, static_cast<uint64_t>(epoch), 0,
                  static_cast<uint64_t>(Stream::kOrder));
    std::iota(order_.begin(), order_.end(), 0);
    order_rng.Shuffle(order_);
    Rng running(9);
    for (int64_t first = 0; first < kExamples; first += kBatch) {
      const int64_t size = std::min(kBatch, kExamples - first);
      for (int64_t row = 0; row < size; ++row) {
        const int64_t place = first + row;
        if (keyed) {
          Rng own(0, static_cast<uint64_t>(epoch), static_cast<uint64_t>(place),
                  static_cast<uint64_t>(Stream::kTransform));
          Write(row, order_[static_cast<size_t>(place)], own);
        } else {
          Write(row, order_[static_cast<size_t>(place)], running);
        }
      }
      batch_done(first, size);
    }
  }
  const at::Tensor& input() const { return input_; }
  const at::Tensor& target() const { return target_; }

 private:
  void Write(int64_t row, int64_t index, Rng& rng) {
    const auto* image = reinterpret_cast<const uint8_t*>(setup_.pixels.data()) +
                        index * kSide * kSide;
    float* out = input_.mutable_data_ptr<float>() + row * kSide * kSide;
    const int64_t top = rng.Below(2 * kPadding + 1) - kPadding;
    const int64_t left = rng.Below(2 * kPadding + 1) - kPadding;
    const float scale = 1 / 255.0F / kStd;
    const float shift = -kMean / kStd;
    const int64_t begin = std::max<int64_t>(0, -left);
    const int64_t end = std::min(kSide, kSide - left);
    for (int64_t y = 0; y < kSide; ++y, out += kSide) {
      if (y + top < 0 || y + top >= kSide) {
        std::fill_n(out, kSide, shift);
        continue;
      }
      const uint8_t* source = image + (y + top) * kSide + left;
      std::fill_n(out, begin, shift);
      for (int64_t x = begin; x < end; ++x) {
        out[x] = static_cast<float>(source[x]) * scale + shift;
      }
      std::fill_n(out + end, kSide - end, shift);
    }
    target_.mutable_data_ptr<int64_t>()[row] =
        static_cast<uint8_t>(setup_.labels[static_cast<size_t>(index)]);
  }

  const Setup& setup_;
  at::Tensor input_;
  at::Tensor target_;
  std::vector<int64_t> order_;
};

// Two epochs of both, batch by batch.
void CheckEqual(const Setup& setup) {
  HandWritten by_hand(setup);
  const auto loader = setup.Start(1);
  Batch batch;
  for (int64_t epoch = 0; epoch < 2; ++epoch) {
    by_hand.Epoch(epoch, /*keyed=*/true, [&](int64_t, int64_t size) {
      CHECK(loader->Next(&batch).ok());
      CHECK_EQ(batch.size(), size);
      const at::Tensor difference =
          batch.input.sub(by_hand.input().narrow(0, 0, size)).abs().max();
      CHECK_LT(difference.item<float>(), 1e-5F);
      CHECK(batch.target.equal(by_hand.target().narrow(0, 0, size)));
    });
  }
}

double LoaderEpoch(Loader& loader, Batch* batch) {
  for (int64_t i = 0; i < loader.batches_per_epoch(); ++i) {
    CHECK(loader.Next(batch).ok());
  }
  return kExamples;
}

void CompareSpeed(const Setup& setup) {
  HandWritten by_hand(setup);
  const auto loader = setup.Start(1);
  Batch batch;
  int64_t epoch = 0;
  const auto timings = Interleave(
      {{"by_hand",
        [&] {
          by_hand.Epoch(epoch++, /*keyed=*/false, [](int64_t, int64_t) {});
          return static_cast<double>(kExamples);
        }},
       {"loader", [&] { return LoaderEpoch(*loader, &batch); }}},
      FLAGS_rounds);
  PrintResult("by_hand_best", Timing::Best(timings[0].cpu) * 1e9, "ns/example");
  PrintResult("loader_best", Timing::Best(timings[1].cpu) * 1e9, "ns/example");
  PrintResult("loader_share_of_by_hand_best",
              Timing::Best(timings[0].cpu) / Timing::Best(timings[1].cpu),
              "examples/s per core");
  PrintResult("loader_share_of_by_hand_median",
              Timing::Median(timings[0].cpu) / Timing::Median(timings[1].cpu),
              "examples/s per core");
}

int64_t OpenDescriptors() {
  const auto entries = std::filesystem::directory_iterator("/proc/self/fd");
  return std::distance(begin(entries), end(entries));
}

double ResidentMegabytes() {
  int64_t total = 0;
  int64_t resident = 0;
  std::ifstream("/proc/self/statm") >> total >> resident;
  return static_cast<double>(resident) * 4096 / 1e6;
}

// Ten epochs: gaps, allocations, memory and descriptors.
void CheckSteady(const Setup& setup) {
  const auto loader = setup.Start(2);
  Batch batch;
  LoaderEpoch(*loader, &batch);
  const int64_t allocated = allocations;
  const int64_t batches = loader->allocations();
  const int64_t descriptors = OpenDescriptors();
  const double resident = ResidentMegabytes();
  std::vector<double> gaps;
  gaps.reserve(10);
  for (int epoch = 1; epoch <= 10; ++epoch) {
    const double start = WallSeconds();
    CHECK(loader->Next(&batch).ok());
    gaps.push_back(WallSeconds() - start);
    for (int64_t i = 1; i < loader->batches_per_epoch(); ++i) {
      CHECK(loader->Next(&batch).ok());
    }
  }
  // Read before anything else allocates.
  const int64_t now = allocations;
  PrintResult("epoch_gap_median", Timing::Median(gaps) * 1e3, "ms");
  PrintResult("epoch_gap_worst",
              *std::max_element(gaps.begin(), gaps.end()) * 1e3, "ms");
  PrintResult("allocations_after_first_epoch",
              static_cast<double>(now - allocated), "in 10 epochs");
  PrintResult("batch_memory_taken_after_first_epoch",
              static_cast<double>(loader->allocations() - batches),
              "in 10 epochs");
  PrintResult("descriptors_added",
              static_cast<double>(OpenDescriptors() - descriptors), "files");
  PrintResult("resident_memory_added", ResidentMegabytes() - resident, "MB");
}

}  // namespace
}  // namespace toque

int main(int argc, char** argv) {
  toque::ParseFlags("Measures the loader against a hand-written loop.", &argc,
                    &argv);
  const std::string folder =
      std::filesystem::temp_directory_path() / "toque_benchmark_loader";
  std::filesystem::create_directories(folder);
  {
    const toque::Setup setup(folder);
    toque::CheckEqual(setup);
    toque::CompareSpeed(setup);
    toque::CheckSteady(setup);
  }
  std::filesystem::remove_all(folder);
}
