// How often a transform drew which parts of a picture, to compare with
// torchvision's draws.

#ifndef TOQUE_FRAMEWORK_TESTING_REGION_COUNTS_H_
#define TOQUE_FRAMEWORK_TESTING_REGION_COUNTS_H_

#include <cstdint>
#include <vector>

#include "framework/codec/codec.h"

namespace toque {

// Counts of regions by five properties, as tests/goldens/crops.py makes them.
struct RegionCounts {
  // Tenths of the picture's area.
  std::vector<double> area = std::vector<double>(10);
  // 11 equal parts of log(width / height) between log(low) and -log(low).
  std::vector<double> aspect = std::vector<double>(11);
  // Tenths of the places that a region of its size may have.
  std::vector<double> top = std::vector<double>(10);
  std::vector<double> left = std::vector<double>(10);
  // Four parts of the area times three of the aspect.
  std::vector<double> area_and_aspect = std::vector<double>(12);

  // Counts a region of a picture of the given size.
  void Add(const Region& region, int64_t height, int64_t width, double low);
};

// Expects both to come from one distribution: each property's p value in the
// two-sample chi-square test is above 0.01.
void ExpectSameSource(const RegionCounts& counts, const RegionCounts& golden);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_TESTING_REGION_COUNTS_H_
