#include "framework/core/rng.h"

#include <bit>
#include <cmath>

#include "glog/logging.h"

namespace toque {
namespace {

// SplitMix64: the next output of the generator whose state is `state`.
uint64_t SplitMix(uint64_t& state) {
  state += 0x9e3779b97f4a7c15;
  uint64_t z = state;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

}  // namespace

Rng::Rng(uint64_t seed, uint64_t epoch, uint64_t index, uint64_t stream) {
  uint64_t state = seed;
  // Each key is mixed before the next one joins, so that (1, 2) and (2, 1)
  // lead to unrelated streams.
  for (const uint64_t key : {epoch, index, stream}) {
    state = SplitMix(state) ^ key;
  }
  for (uint64_t& word : state_) word = SplitMix(state);
}

uint64_t Rng::Next() {
  const uint64_t result = std::rotl(state_[0] + state_[3], 23) + state_[0];
  const uint64_t shifted = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= shifted;
  state_[3] = std::rotl(state_[3], 45);
  return result;
}

int64_t Rng::Below(int64_t n) {
  CHECK_GE(n, 1);
  const auto range = static_cast<uint64_t>(n);
  auto product = static_cast<unsigned __int128>(Next()) * range;
  if (static_cast<uint64_t>(product) < range) {
    const uint64_t threshold = -range % range;
    while (static_cast<uint64_t>(product) < threshold) {
      product = static_cast<unsigned __int128>(Next()) * range;
    }
  }
  return static_cast<int64_t>(product >> 64);
}

double Rng::Normal() {
  // The pair's second number is thrown away, so that a generator has no state
  // beside its words.
  for (;;) {
    const double u = Uniform(-1, 1);
    const double v = Uniform(-1, 1);
    const double square = u * u + v * v;
    if (square > 0 && square < 1) {
      return u * std::sqrt(-2 * std::log(square) / square);
    }
  }
}

double Rng::Gamma(double shape) {
  CHECK_GT(shape, 0);
  if (shape < 1) {
    // Gamma(a) = Gamma(a + 1) * U^(1/a).
    const double larger = Gamma(shape + 1);
    return larger * std::pow(1 - Uniform(), 1 / shape);
  }
  const double d = shape - 1.0 / 3;
  const double c = 1 / std::sqrt(9 * d);
  for (;;) {
    const double x = Normal();
    const double v = std::pow(1 + c * x, 3);
    if (v <= 0) continue;
    const double u = 1 - Uniform();
    if (std::log(u) < 0.5 * x * x + d - d * v + d * std::log(v)) return d * v;
  }
}

double Rng::Beta(double a, double b) {
  const double x = Gamma(a);
  const double y = Gamma(b);
  // For tiny shapes both may underflow to 0; the limit is a fair coin.
  if (x + y == 0) return Chance(a / (a + b)) ? 1 : 0;
  return x / (x + y);
}

}  // namespace toque
