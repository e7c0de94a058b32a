#include "framework/testing/architecture.h"

#include <cmath>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>
#include <vector>

#include "ATen/Context.h"
#include "ATen/core/grad_mode.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "framework/core/model.h"
#include "framework/core/model_access.h"
#include "framework/layers/initial.h"
#include "framework/testing/formula_weights.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

using Numbers = std::vector<double>;

// A section of the file.
struct Golden {
  std::vector<std::string> entries;                  // "conv1.weight 64,3,7,7"
  std::map<std::string, std::vector<Numbers>> rows;  // by "eval" and the like
};

Numbers ToNumbers(const std::string& text) {
  Numbers numbers;
  for (const auto part : absl::StrSplit(text, absl::ByAnyChar(" ,"))) {
    double number = NAN;
    EXPECT_TRUE(absl::SimpleAtod(part, &number)) << text;
    numbers.push_back(number);
  }
  return numbers;
}

Golden ReadGolden(const std::string& path, const std::string& name) {
  std::ifstream file(path);
  Golden golden;
  bool inside = false;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("@architecture ")) {
      inside = line == "@architecture " + name;
    } else if (inside && line.starts_with("@")) {
      const size_t space = line.find(' ');
      golden.rows[line.substr(1, space - 1)].push_back(
          ToNumbers(line.substr(space + 1)));
    } else if (inside) {
      golden.entries.push_back(line);
    }
  }
  EXPECT_FALSE(golden.entries.empty()) << path << " has no " << name;
  return golden;
}

std::vector<std::string> Entries(const Model& model) {
  std::vector<std::string> entries;
  for (const auto& [name, tensor] : StateDict(model)) {
    const std::string shape = absl::StrJoin(tensor.sizes(), ",");
    entries.push_back(absl::StrCat(name, " ", shape.empty() ? "-" : shape));
  }
  return entries;
}

// The sum and the sum of squares of all values.
Numbers Moments(const NamedTensors& tensors) {
  constexpr int64_t kAtOnce = 1 << 20;  // the largest weights take 400 MB
  Numbers moments(2);
  for (const auto& [name, tensor] : tensors) {
    if (!tensor.is_floating_point()) continue;
    for (const at::Tensor& some : tensor.detach().flatten().split(kAtOnce)) {
      const at::Tensor values = some.to(at::kDouble);
      moments[0] += values.sum().item<double>();
      moments[1] += values.square().sum().item<double>();
    }
  }
  return moments;
}

void ExpectMoments(const NamedTensors& tensors, const Numbers& golden,
                   double tolerance, const char* what) {
  const Numbers actual = Moments(tensors);
  for (size_t i = 0; i < actual.size(); ++i) {
    EXPECT_NEAR(actual[i], golden.at(i), tolerance * (1 + std::abs(golden[i])))
        << what << " " << i;
  }
}

// A row: sum, sum of squares and ten values, equally spaced.
void ExpectRow(const at::Tensor& output, const Numbers& golden,
               double tolerance) {
  const at::Tensor values = output.detach().to(at::kDouble).flatten();
  const auto count = static_cast<double>(values.numel());
  const double unit = tolerance * std::sqrt(golden.at(1) / count);
  EXPECT_NEAR(values.sum().item<double>(), golden[0], unit * count);
  EXPECT_NEAR(values.square().sum().item<double>(), golden[1],
              2 * tolerance * golden[1]);
  const auto picks = static_cast<int64_t>(golden.size()) - 2;
  for (int64_t i = 0; i < picks; ++i) {
    const int64_t place = i * values.numel() / picks;
    EXPECT_NEAR(values[place].item<double>(),
                golden[static_cast<size_t>(i) + 2], unit)
        << "output " << place;
  }
}

void ExpectOutput(Model& model, const Golden& golden, const std::string& mode,
                  double tolerance) {
  SCOPED_TRACE(mode);
  const at::NoGradGuard no_grad;
  const Numbers& shape = golden.rows.at("input").at(0);
  const std::vector<int64_t> sizes(shape.begin(), shape.end());
  const ModeScope scope(model, /*training=*/mode == "train");
  const at::ScalarType type = Parameters(model)[0].second.scalar_type();
  at::Tensor input = Sines(sizes).to(type);
  const auto loudness = golden.rows.find("loudness");
  if (loudness != golden.rows.end()) input.mul_(loudness->second.at(0).at(0));
  const at::Tensor output = Predict(model, input);
  const std::vector<Numbers>& rows = golden.rows.at(mode);
  ASSERT_EQ(output.size(0), static_cast<int64_t>(rows.size()));
  for (size_t i = 0; i < rows.size(); ++i) {
    ExpectRow(output[static_cast<int64_t>(i)], rows[i], tolerance);
  }
}

}  // namespace

void ExpectMatchesGolden(std::string_view plugin, std::string_view options,
                         const std::string& golden_file,
                         const std::string& name) {
  SCOPED_TRACE(name);
  const Golden golden = ReadGolden(golden_file, name);
  std::optional<WithoutInitialValues> bare;
  if (!golden.rows.contains("seeded")) bare.emplace();
  at::manual_seed(0);
  const auto model = MakeOrDie<Model>(plugin, options);
  EXPECT_EQ(Entries(*model), golden.entries);
  if (!bare) {
    ExpectMoments(StateDict(*model), golden.rows.at("seeded").at(0), 1e-5,
                  "seeded");
  }
  if (!golden.rows.contains("input")) return;
  FillByFormula(*model);
  ExpectOutput(*model, golden, "eval", 1e-4);
  if (!golden.rows.contains("train")) return;
  // Batch norm over few values makes much of a rounding error.
  const bool has_statistics = golden.rows.contains("after");
  if (has_statistics) MoveTo(*model, at::kCPU, at::kDouble);
  ExpectOutput(*model, golden, "train", has_statistics ? 1e-6 : 1e-4);
  if (has_statistics) {
    ExpectMoments(Buffers(*model), golden.rows.at("after").at(0), 1e-6,
                  "after");
  }
}

}  // namespace toque
