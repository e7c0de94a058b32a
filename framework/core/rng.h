// Random numbers as a pure function of where they are drawn.

#ifndef TOQUE_FRAMEWORK_CORE_RNG_H_
#define TOQUE_FRAMEWORK_CORE_RNG_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace at {
class Tensor;
}
namespace c10 {
struct Device;
}

namespace toque {

// What a stream of random numbers is for. Streams of transforms follow from
// kTransform and kBatch on, one for each position in the list.
enum class Stream : uint64_t {
  kOrder = 1,           // the sampler's order of an epoch
  kRead = 2,            // the data set's own draws for an example
  kInit = 3,            // how parameters start
  kTransform = 1 << 8,  // transforms of an example
  kBatch = 1 << 16,     // transforms of a batch
};

// A generator that is cheap to make and gives the same numbers on every
// machine: xoshiro256++ (Blackman and Vigna, 2019), its state made from the
// seed and three keys by SplitMix64. Independent streams differ in any key.
class Rng {
 public:
  explicit Rng(uint64_t seed, uint64_t epoch = 0, uint64_t index = 0,
               uint64_t stream = 0);

  // 64 random bits.
  uint64_t Next();
  // Uniform in [0, 1), 53 bits; and in [low, high).
  double Uniform() { return static_cast<double>(Next() >> 11) * 0x1p-53; }
  double Uniform(double low, double high) {
    return low + (high - low) * Uniform();
  }
  // Uniform over 0 .. n-1, without bias (Lemire, 2019). n must be at least 1.
  int64_t Below(int64_t n);
  // True with the given probability; 0 is never and 1 is always.
  bool Chance(double probability) { return Uniform() < probability; }
  // Standard normal (Marsaglia's polar method).
  double Normal();
  // Gamma with scale 1, shape above 0 (Marsaglia and Tsang, 2000).
  double Gamma(double shape);
  // Beta(a, b), both above 0, in [0, 1].
  double Beta(double a, double b);

  // Puts `values` into random order (Fisher and Yates).
  template <typename Value>
  void Shuffle(std::vector<Value>& values) {
    for (size_t left = values.size(); left > 1; --left) {
      std::swap(values[left - 1],
                values[static_cast<size_t>(Below(static_cast<int64_t>(left)))]);
    }
  }
  // A random permutation of 0 .. n-1: int64 [n] on `device`.
  at::Tensor Permutation(int64_t n, const c10::Device& device);

 private:
  std::array<uint64_t, 4> state_;
};

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_CORE_RNG_H_
