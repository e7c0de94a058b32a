#include "framework/testing/chi_square.h"

#include <cmath>
#include <numeric>

#include "ATen/ops/scalar_tensor.h"
#include "ATen/ops/special_gammaincc.h"
#include "glog/logging.h"

namespace toque {
namespace {

double Sum(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0);
}

// That chi-square of so many degrees of freedom is `value` or above.
double TailProbability(double value, int degrees) {
  if (degrees < 1) return value > 0 ? 0 : 1;
  return at::special_gammaincc(at::scalar_tensor(degrees / 2.0, at::kDouble),
                               at::scalar_tensor(value / 2, at::kDouble))
      .item<double>();
}

}  // namespace

double FitProbability(const std::vector<double>& counts,
                      const std::vector<double>& weights) {
  CHECK_EQ(counts.size(), weights.size());
  const double scale = Sum(counts) / Sum(weights);
  double chi_square = 0;
  int bins = 0;
  for (size_t i = 0; i < counts.size(); ++i) {
    const double expected = weights[i] * scale;
    if (expected == 0 && counts[i] > 0) return 0;
    if (expected == 0) continue;
    chi_square += std::pow(counts[i] - expected, 2) / expected;
    ++bins;
  }
  return TailProbability(chi_square, bins - 1);
}

double SameSourceProbability(const std::vector<double>& counts,
                             const std::vector<double>& others) {
  CHECK_EQ(counts.size(), others.size());
  const double ratio = std::sqrt(Sum(others) / Sum(counts));
  double chi_square = 0;
  int bins = 0;
  for (size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] + others[i] == 0) continue;
    chi_square += std::pow(ratio * counts[i] - others[i] / ratio, 2) /
                  (counts[i] + others[i]);
    ++bins;
  }
  return TailProbability(chi_square, bins - 1);
}

}  // namespace toque
