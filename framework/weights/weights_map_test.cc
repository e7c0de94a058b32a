#include "framework/weights/weights_map.h"

#include "ATen/ops/arange.h"
#include "ATen/ops/full.h"
#include "ATen/ops/ones.h"
#include "ATen/ops/zeros.h"
#include "framework/testing/testing.h"
#include "framework/weights/weights_options.h"
#include "google/protobuf/text_format.h"

namespace toque {
namespace {

using testing::ElementsAre;

Weights Options(const std::string& text) {
  Weights options;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &options));
  return options;
}

std::vector<std::string> NamesOf(const absl::StatusOr<NamedTensors>& tensors) {
  std::vector<std::string> names;
  EXPECT_OK(tensors);
  if (!tensors.ok()) return names;
  for (const auto& [name, tensor] : *tensors) names.push_back(name);
  return names;
}

// A model of zeros, and a file of ones that fits it.
class WeightsMapTest : public testing::Test {
 protected:
  absl::StatusOr<WeightsReport> Copy(const std::string& options) {
    return CopyWeights(file_, Options(options), own_);
  }
  // The sums of the model's tensors.
  std::vector<double> Sums() const {
    std::vector<double> sums;
    for (const auto& [name, tensor] : own_) {
      sums.push_back(tensor.sum().item<double>());
    }
    return sums;
  }

  NamedTensors own_ = {{"conv.weight", at::zeros({2, 3})},
                       {"fc.weight", at::zeros({4, 2})},
                       {"fc.bias", at::zeros({4})}};
  NamedTensors file_ = {{"fc.bias", at::ones({4})},
                        {"fc.weight", at::ones({4, 2})},
                        {"conv.weight", at::ones({2, 3})}};
};

TEST_F(WeightsMapTest, CopiesByNameInWhateverOrder) {
  const auto report = Copy("");
  ASSERT_OK(report);
  EXPECT_TRUE(report->Complete());
  EXPECT_THAT(Sums(), ElementsAre(6, 8, 4));
}

TEST_F(WeightsMapTest, TakesATensorOfTwoNamesUnderEitherOrBoth) {
  own_.emplace_back("tied.weight", own_[0].second);
  EXPECT_OK(Copy(""));
  file_.emplace_back("tied.weight", at::ones({2, 3}));
  EXPECT_OK(Copy(""));
  file_.erase(file_.begin() + 2);  // conv.weight
  const auto report = Copy("");
  ASSERT_OK(report);
  EXPECT_TRUE(report->Complete());
  EXPECT_THAT(Sums(), ElementsAre(6, 8, 4, 6));
}

TEST_F(WeightsMapTest, StrictNamesEachKindOfDifferenceAndChangesNothing) {
  file_[0].first = "other.bias";
  file_[1].second = at::ones({3, 2});
  const auto report = Copy("");
  EXPECT_THAT(report, FailsWith("\"fc.bias\" is missing"));
  EXPECT_THAT(report, FailsWith("\"fc.weight\" must have the model's shape "
                                "[4, 2], got [3, 2]"));
  EXPECT_THAT(report, FailsWith(R"(`except: "^fc\\."`)"));
  EXPECT_THAT(report, FailsWith("\"other.bias\" is not a tensor of the model"));
  EXPECT_THAT(Sums(), ElementsAre(0, 0, 0));
}

TEST_F(WeightsMapTest, MatchingTakesWhatFitsAndReportsTheRest) {
  file_[0].first = "other.bias";
  file_[1].second = at::ones({3, 2});
  const auto report = Copy("mode: MATCHING");
  ASSERT_OK(report);
  EXPECT_THAT(report->loaded, ElementsAre("conv.weight"));
  EXPECT_THAT(report->missing, ElementsAre("fc.bias"));
  EXPECT_THAT(report->unexpected, ElementsAre("other.bias"));
  EXPECT_EQ(report->mismatched.size(), 1u);
  EXPECT_FALSE(report->Complete());
  EXPECT_THAT(report->Text(),
              testing::StartsWith("loaded 1 tensors; missing 1: fc.bias; "
                                  "unexpected 1: other.bias; mismatched 1: "));
  EXPECT_THAT(Sums(), ElementsAre(6, 0, 0));
}

TEST_F(WeightsMapTest, MatchingNothingIsAnError) {
  for (auto& [name, tensor] : file_) name += ".x";
  EXPECT_THAT(Copy("mode: MATCHING"),
              FailsWith("must hold a tensor of the model's names and shapes"));
}

TEST_F(WeightsMapTest, LeavesOutWhatIsExceptedInFileAndModel) {
  file_.erase(file_.begin());
  file_[0].second = at::ones({9, 9});
  file_.emplace_back("fc.extra", at::ones({1}));
  const auto report = Copy("except: '^fc'");
  ASSERT_OK(report);
  EXPECT_TRUE(report->Complete());
  EXPECT_THAT(report->excepted,
              ElementsAre("fc.weight", "fc.bias", "fc.extra"));
  EXPECT_THAT(Sums(), ElementsAre(6, 0, 0));
  EXPECT_THAT(Copy("except: 'fc' except: 'head'"),
              FailsWith("except[1]: a pattern must fit a name (there are "
                        "conv.weight, fc.weight, fc.bias), got head"));
}

TEST_F(WeightsMapTest, StripsAPrefixAndOffersIt) {
  for (auto& [name, tensor] : file_) name = "module." + name;
  EXPECT_THAT(Copy(""),
              FailsWith("names fit with `strip_prefix: \"module.\"`"));
  ASSERT_OK(Copy("strip_prefix: 'module.'"));
  EXPECT_THAT(Sums(), ElementsAre(6, 8, 4));
  EXPECT_THAT(Copy("strip_prefix: 'net.'"),
              FailsWith("strip_prefix must fit a name (there are "
                        "module.fc.bias, module.fc.weight, "
                        "module.conv.weight), got net."));
}

TEST_F(WeightsMapTest, RenamesInTheOrderOfTheOptions) {
  const auto renamed = Renamed(
      file_, Options("rename { match: '^fc' replace: 'head' } "
                     "rename { match: '(head|conv)[.]' replace: 'n.$1_' }"));
  EXPECT_THAT(NamesOf(renamed),
              ElementsAre("n.head_bias", "n.head_weight", "n.conv_weight"));
  EXPECT_THAT(Renamed(file_, Options("rename { match: 'gone' }")),
              FailsWith("rename[0]: match must fit a name"));
  EXPECT_THAT(Renamed(file_, Options("rename { match: '.*' replace: 'x' }")),
              FailsWith("names must be different, got x"));
}

TEST_F(WeightsMapTest, DoesWithoutTheCountOfBatches) {
  own_.emplace_back("bn.num_batches_tracked", at::zeros({}, at::kLong));
  ASSERT_OK(Copy(""));
  file_.emplace_back("bn.num_batches_tracked", at::full({}, 7, at::kLong));
  ASSERT_OK(Copy(""));
  EXPECT_EQ(own_.back().second.item<int64_t>(), 7);
}

TEST_F(WeightsMapTest, ConvertsToTheTypeOfTheModelButNotFromComplex) {
  file_[0].second = at::arange(4).to(at::kHalf);
  ASSERT_OK(Copy(""));
  EXPECT_THAT(Sums(), ElementsAre(6, 8, 6));
  file_[0].second = at::ones({4}, at::kComplexFloat);
  EXPECT_THAT(Copy(""), FailsWith("must have real numbers, got complex"));
}

TEST(WeightsOptionsTest, ReportsAllFaultsTogether) {
  EXPECT_OK(CheckWeights(Options("file: 'a' except: '^a$'")));
  const absl::Status status =
      CheckWeights(Options("rename { match: '(' } except: '' except: '['"));
  EXPECT_THAT(status, FailsWith("file must be given"));
  EXPECT_THAT(status,
              FailsWith("rename[0].match must be a regular expression ("));
  EXPECT_THAT(status, FailsWith("except[0] must be a regular expression, got "
                                "none"));
  EXPECT_THAT(status, FailsWith("except[1] must be a regular expression ("));
}

}  // namespace
}  // namespace toque
