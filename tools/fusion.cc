#include "tools/fusion.h"

#include <unordered_map>

#include "ATen/ops/tensor.h"

namespace toque {
namespace {

std::string Key(const std::string& name, NamedBy by) {
  if (by == NamedBy::kName) return name;
  const size_t begin = name.rfind('/') + 1;  // 0 where there is none
  const size_t dot = name.rfind('.');
  const bool ends = dot == std::string::npos || dot <= begin;
  return name.substr(begin, ends ? std::string::npos : dot - begin);
}

// The row of each name.
absl::StatusOr<std::unordered_map<std::string, int64_t>> RowsOf(
    const ScoreFile& file, NamedBy by) {
  std::unordered_map<std::string, int64_t> rows;
  for (const std::string& name : file.names()) {
    const std::string key = Key(name, by);
    if (!rows.emplace(key, static_cast<int64_t>(rows.size())).second) {
      return Invalid("names must be different", key);
    }
  }
  return rows;
}

// Where each example of `first` stands in `file`: int64 [N].
absl::StatusOr<at::Tensor> OrderOf(const ScoreFile& first,
                                   const ScoreFile& file, NamedBy by) {
  RETURN_IF_ERROR(RowsOf(first, by).status());
  ASSIGN_OR_RETURN(const auto rows, RowsOf(file, by));
  if (file.names().size() != first.names().size()) {
    return Invalid(absl::StrCat("must have the ", first.names().size(),
                                " examples of the first"),
                   file.names().size());
  }
  std::vector<int64_t> order;
  for (const std::string& name : first.names()) {
    const auto row = rows.find(Key(name, by));
    if (row == rows.end()) {
      return Invalid("must have the examples of the first; there is no " +
                     Key(name, by));
    }
    order.push_back(row->second);
  }
  const at::Tensor places = at::tensor(order);
  const at::Tensor differ =
      file.labels().index_select(0, places).ne(first.labels());
  if (differ.any().item<bool>()) {
    const auto row =
        static_cast<size_t>(differ.to(at::kLong).argmax().item<int64_t>());
    return Invalid("labels must be those of the first; another is that of " +
                   first.names()[row]);
  }
  return places;
}

absl::StatusOr<at::Tensor> InOrder(const ScoreFile& first,
                                   const ScoreFile& file, NamedBy by) {
  ASSIGN_OR_RETURN(const at::Tensor order, OrderOf(first, file, by));
  const int64_t classes = first.scores().size(1);
  if (file.scores().size(1) != classes) {
    return Invalid(
        absl::StrCat("must have the ", classes, " classes of the first"),
        file.scores().size(1));
  }
  return file.scores().index_select(0, order);
}

}  // namespace

absl::StatusOr<Figures> FiguresOf(const at::Tensor& scores,
                                  const at::Tensor& labels) {
  const at::Tensor predicted = scores.argmax(1);
  // Of NaN argmax makes the highest score.
  const at::Tensor whole = scores.eq(scores).all(1);
  std::vector<double> all(static_cast<size_t>(scores.size(1)));
  std::vector<double> right = all;
  double examples = 0;
  Figures figures;
  for (int64_t i = 0; i < labels.size(0); ++i) {
    const auto label = labels.const_data_ptr<int64_t>()[i];
    if (label < 0) continue;
    if (label >= scores.size(1)) {
      return Invalid(absl::StrCat("labels must be below ", scores.size(1)),
                     label);
    }
    const auto place = static_cast<size_t>(label);
    const bool hit = whole.const_data_ptr<bool>()[i] &&
                     predicted.const_data_ptr<int64_t>()[i] == label;
    ++examples;
    ++all[place];
    right[place] += hit;
    figures.accuracy += hit;
  }
  if (examples == 0) return Invalid("an example must have a class");
  double classes = 0;
  for (size_t c = 0; c < all.size(); ++c) {
    if (all[c] == 0) continue;
    ++classes;
    figures.mean_class_accuracy += right[c] / all[c];
  }
  figures.accuracy /= examples;
  figures.mean_class_accuracy /= classes;
  return figures;
}

absl::StatusOr<at::Tensor> Fuse(const std::vector<Fused>& runs, NamedBy by,
                                FusedAs as) {
  at::Tensor sum;
  double weights = 0;
  for (const Fused& run : runs) {
    const auto scores = InOrder(runs[0].file, run.file, by);
    if (!scores.ok()) return AtPlace(scores.status(), run.name);
    const at::Tensor share =
        (as == FusedAs::kProbabilities ? scores->softmax(1) : *scores)
            .mul(run.weight);
    sum = sum.defined() ? sum.add(share) : share;
    weights += run.weight;
  }
  return sum.div(weights);
}

}  // namespace toque
