#include "framework/image/taps.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace toque {
namespace {

// How far a filter reaches, in source pixels when it enlarges.
double Reach(Filter filter) { return filter == Filter::kBicubic ? 2 : 1; }

// Keys' cubic with a = -0.5, as Pillow's.
double Cubic(double x) {
  constexpr double a = -0.5;
  x = std::abs(x);
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  if (x < 2) return (((x - 5) * x + 8) * x - 4) * a;
  return 0;
}

double WeightAt(Filter filter, double x) {
  if (filter == Filter::kBicubic) return Cubic(x);
  return std::max(1 - std::abs(x), 0.0);
}

// The nearest whole number; std::lround is a call.
int Rounded(double value) {
  return static_cast<int>(value + (value < 0 ? -0.5 : 0.5));
}

}  // namespace

void Taps::Make(const Axis& axis, Filter filter, bool antialias) {
  const double scale = axis.extent / static_cast<double>(axis.target);
  const bool nearest = filter == Filter::kNearest;
  const double stretch = antialias && !nearest ? std::max(scale, 1.0) : 1.0;
  const double support = Reach(filter) * stretch;
  count_ = nearest ? 2 : (static_cast<int64_t>(std::ceil(support)) * 2 + 2);
  first_.resize(Index(axis.size));
  end_.resize(Index(axis.size));
  weights_.resize(Index(axis.size * count_));
  shares_.resize(weights_.size());
  exact_.resize(Index(count_));
  begin_ = std::numeric_limits<int64_t>::max();
  last_ = 0;
  for (int64_t i = 0; i < axis.size; ++i) {
    const double centre =
        axis.origin + (static_cast<double>(axis.begin + i) + 0.5) * scale;
    // Rounded towards 0, as a pixel's area is looked at where it begins.
    int64_t from = static_cast<int64_t>(std::max(centre - support + 0.5, 0.0));
    int64_t to = static_cast<int64_t>(std::max(centre + support + 0.5, 0.0));
    if (nearest) {
      from = static_cast<int64_t>(std::max(centre, 0.0));
      to = from + 1;
    }
    from = std::clamp<int64_t>(from, 0, axis.limit - 1);
    to = std::clamp<int64_t>(to, from + 1, axis.limit);
    Weigh(centre, stretch, from, to, filter, weights_.data() + i * count_,
          shares_.data() + i * count_);
    first_[Index(i)] = from;
    end_[Index(i)] = to;
    begin_ = std::min(begin_, from);
    last_ = std::max(last_, to);
  }
}

// Weights of the pixels [from, to). Their sums from the first on are rounded,
// so that they sum up to kOne and no error adds up.
void Taps::Weigh(double centre, double scale, int64_t from, int64_t to,
                 Filter filter, int16_t* weights, float* shares) {
  std::fill_n(weights, count_, int16_t{0});
  const int64_t taps = to - from;
  const double inverse = 1 / scale;
  double sum = 0;
  for (int64_t t = 0; t < taps; ++t) {
    const double x = static_cast<double>(from + t) + 0.5 - centre;
    exact_[Index(t)] = taps == 1 ? 1 : WeightAt(filter, x * inverse);
    sum += exact_[Index(t)];
  }
  const double whole = 1 / sum;
  double sum_so_far = 0;
  int given = 0;
  for (int64_t t = 0; t < taps; ++t) {
    const double share = exact_[Index(t)] * whole;
    shares[t] = static_cast<float>(share);
    sum_so_far += share;
    const int rounded = Rounded(sum_so_far * kOne);
    weights[t] = static_cast<int16_t>(rounded - given);
    given = rounded;
  }
}

void Taps::Rebase() {
  for (int64_t& first : first_) first -= begin_;
  for (int64_t& end : end_) end -= begin_;
  last_ -= begin_;
  begin_ = 0;
}

}  // namespace toque
