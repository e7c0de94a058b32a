#include "framework/shared/line_search.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace toque {
namespace {

// Where, from `least` to `most`, the cubic through two points is lowest.
double CubicMinimum(const Point& a, const Point& b, double least, double most) {
  if (a.t > b.t) return CubicMinimum(b, a, least, most);
  const double mean = a.slope + b.slope - 3 * (a.loss - b.loss) / (a.t - b.t);
  const double square = mean * mean - a.slope * b.slope;
  if (!(square >= 0)) return (least + most) / 2;
  const double root = std::sqrt(square);
  const double share = (b.slope + root - mean) / (b.slope - a.slope + 2 * root);
  return std::min(std::max(b.t - (b.t - a.t) * share, least), most);
}

class Search {
 public:
  Search(std::function<Point(double t)> evaluate, Point start, int64_t budget,
         double resolution)
      : evaluate_(std::move(evaluate)),
        start_(std::move(start)),
        budget_(budget),
        resolution_(resolution) {}

  Point Find(double t) {
    Point last = start_;
    Point point = Try(t);
    while (evaluations_ <= budget_) {
      if (TooHigh(point) || (evaluations_ > 2 && point.loss >= last.loss)) {
        return Zoom(last, point);
      }
      if (Flat(point)) return point;
      if (point.slope >= 0) return Zoom(last, point);
      t = CubicMinimum(last, point, point.t + 0.01 * (point.t - last.t),
                       point.t * 10);
      last = std::exchange(point, Try(t));
    }
    return point.loss < start_.loss ? point : start_;
  }

 private:
  Point Try(double t) {
    ++evaluations_;
    return evaluate_(t);
  }
  // Also where the loss is not finite.
  bool TooHigh(const Point& point) const {
    return !(point.loss <= start_.loss + 1e-4 * point.t * start_.slope);
  }
  bool Flat(const Point& point) const {
    return std::abs(point.slope) <= -0.9 * start_.slope;
  }

  // The search between two points that enclose a good one.
  Point Zoom(Point low, Point high) {
    if (high.loss < low.loss) std::swap(low, high);
    while (evaluations_ <= budget_ && std::abs(high.t - low.t) >= resolution_) {
      const Point point = Try(Between(low, high));
      if (TooHigh(point) || point.loss >= low.loss) {
        high = point;
        if (high.loss < low.loss) std::swap(low, high);
        continue;
      }
      if (Flat(point)) return point;
      if (point.slope * (high.t - low.t) >= 0) high = low;
      low = point;
    }
    return low;
  }

  // A try that is near an end for the second time in turn, or at it, is moved
  // inwards by a tenth.
  double Between(const Point& low, const Point& high) {
    const auto [least, most] = std::minmax(low.t, high.t);
    const double t = CubicMinimum(low, high, least, most);
    const double margin = 0.1 * (most - least);
    const bool near_end = std::min(most - t, t - least) < margin;
    const bool moves = near_end && (near_end_ || t >= most || t <= least);
    near_end_ = near_end && !moves;
    if (!moves) return t;
    return most - t < t - least ? most - margin : least + margin;
  }

  std::function<Point(double t)> evaluate_;
  Point start_;
  int64_t budget_;
  double resolution_;
  int64_t evaluations_ = 0;
  bool near_end_ = false;
};

}  // namespace

Point StrongWolfe(std::function<Point(double t)> evaluate, Point start,
                  double t, int64_t budget, double resolution) {
  return Search(std::move(evaluate), std::move(start), budget, resolution)
      .Find(t);
}

}  // namespace toque
