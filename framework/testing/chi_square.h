// Whether counts of random draws follow a distribution.

#ifndef TOQUE_FRAMEWORK_TESTING_CHI_SQUARE_H_
#define TOQUE_FRAMEWORK_TESTING_CHI_SQUARE_H_

#include <vector>

namespace toque {

// The p value of Pearson's chi-square test: how often draws from a distribution
// that has `weights` (of any sum; 0 allows no count) differ from it as much as
// `counts`, or more.
double FitProbability(const std::vector<double>& counts,
                      const std::vector<double>& weights);

// The p value of the two-sample chi-square test: how often counts of two
// samples of one distribution differ as much as these, or more. Bins in which
// both are 0 do not count.
double SameSourceProbability(const std::vector<double>& counts,
                             const std::vector<double>& others);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_TESTING_CHI_SQUARE_H_
