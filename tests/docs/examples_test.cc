// Keeps the examples of the documents true: each is an experiment or a change
// of one, and those that need no files can be trained with.

#include <atomic>
#include <fstream>
#include <string>
#include <vector>

#include "framework/config/config.h"
#include "framework/config/overrides.h"
#include "framework/testing/testing.h"
#include "framework/trainer/trainer.h"

namespace toque {
namespace {

// The blocks of text-proto in a page.
std::vector<std::string> Examples(const std::string& page) {
  std::ifstream file(page);
  std::vector<std::string> examples;
  bool inside = false;
  for (std::string line; std::getline(file, line);) {
    if (line == "```") inside = false;
    if (inside) absl::StrAppend(&examples.back(), line, "\n");
    if (line != "```textproto") continue;
    inside = true;
    examples.emplace_back();
  }
  return examples;
}

class ExamplesTest : public testing::TestWithParam<std::string> {};

TEST_P(ExamplesTest, ChangeAnExperimentToOneThatCanBegin) {
  const std::vector<std::string> examples = Examples(GetParam());
  ASSERT_FALSE(examples.empty());
  // All that comes before the first step.
  const std::atomic<int> interrupted = 1;
  for (const std::string& example : examples) {
    SCOPED_TRACE(example);
    auto experiment = LoadExperiment("experiments/digits_convnet.textproto");
    ASSERT_OK(experiment);
    ASSERT_OK(ApplyOverride(example, &*experiment));
    auto trainer = Trainer::Create(*experiment, Context(),
                                   {"digits_convnet", "", &interrupted});
    ASSERT_OK(trainer);
    EXPECT_OK((*trainer)->Train());
  }
}

class FragmentsTest : public testing::TestWithParam<std::string> {};

TEST_P(FragmentsTest, AreTakenBySet) {
  const std::vector<std::string> examples = Examples(GetParam());
  ASSERT_FALSE(examples.empty());
  for (const std::string& example : examples) {
    SCOPED_TRACE(example);
    auto experiment = LoadExperiment("experiments/digits_convnet.textproto");
    ASSERT_OK(experiment);
    EXPECT_OK(ApplyOverride(example, &*experiment));
    EXPECT_OK(CheckExperiment(*experiment));
  }
}

std::string NameOf(const testing::TestParamInfo<std::string>& page) {
  const size_t begin = page.param.rfind('/') + 1;
  return page.param.substr(begin, page.param.rfind('.') - begin);
}

INSTANTIATE_TEST_SUITE_P(Pages, FragmentsTest,
                         testing::Values("docs/features.md", "docs/inspect.md",
                                         "docs/pictures.md", "docs/video.md",
                                         "docs/weights.md"),
                         NameOf);

INSTANTIATE_TEST_SUITE_P(Pages, ExamplesTest,
                         testing::Values("docs/experiments.md",
                                         "docs/training.md"),
                         NameOf);

}  // namespace
}  // namespace toque
