// What every model must do.

#include <set>

#include "ATen/Context.h"
#include "ATen/core/grad_mode.h"
#include "ATen/ops/allclose.h"
#include "ATen/ops/isfinite.h"
#include "ATen/ops/randn.h"
#include "ATen/ops/zeros.h"
#include "framework/core/model.h"
#include "framework/core/model_access.h"
#include "framework/testing/conformance.h"

namespace toque {
namespace {

class ModelConformance : public testing::TestWithParam<Candidate> {
 protected:
  void SetUp() override {
    model_ = MakeSeeded(7);
    input_ = at::randn(InputShape(*model_));
  }

  // Of two examples: small pictures where the model takes them, as large ones
  // tell no more and take longer.
  static std::vector<int64_t> InputShape(Model& model) {
    constexpr int64_t kSmall = 64;
    std::vector<int64_t> shape = model.ExampleShape();
    shape.insert(shape.begin(), 2);
    if (shape.size() != 4 || shape[2] <= kSmall || shape[3] <= kSmall) {
      return shape;
    }
    const std::vector<int64_t> small = {2, shape[1], kSmall, kSmall};
    try {
      const at::NoGradGuard no_grad;
      const ModeScope evaluation(model, /*training=*/false);
      Predict(model, at::zeros(small));
      return small;
    } catch (const LayerError&) {
      return shape;
    }
  }

  static std::shared_ptr<Model> MakeSeeded(uint64_t seed) {
    at::manual_seed(seed);
    auto made = Make<Model>(GetParam());
    EXPECT_OK(made);
    return made.ok() ? *made : nullptr;
  }

  at::Tensor Output(const at::Tensor& input) {
    model_->ResetState();
    return Predict(*model_, input);
  }

  std::shared_ptr<Model> model_;
  at::Tensor input_;  // two examples
};

TEST_P(ModelConformance, HasFiniteTrainableParameters) {
  EXPECT_FALSE(Parameters(*model_).empty());
  for (const auto& [name, parameter] : Parameters(*model_)) {
    EXPECT_TRUE(at::isfinite(parameter).all().item<bool>()) << name;
    EXPECT_TRUE(parameter.requires_grad()) << name;
  }
}

TEST_P(ModelConformance, NamesOfParametersAndBuffersAreUnique) {
  std::set<std::string> names;
  for (const NamedTensors& all : {Parameters(*model_), Buffers(*model_)}) {
    for (const auto& [name, tensor] : all) {
      EXPECT_TRUE(names.insert(name).second) << name;
    }
  }
}

TEST_P(ModelConformance, EqualSeedsGiveEqualParameters) {
  const NamedTensors mine = Parameters(*model_);
  const NamedTensors again = Parameters(*MakeSeeded(7));
  ASSERT_EQ(mine.size(), again.size());
  for (size_t i = 0; i < mine.size(); ++i) {
    EXPECT_EQ(mine[i].first, again[i].first);
    EXPECT_TRUE(mine[i].second.equal(again[i].second)) << mine[i].first;
  }
}

TEST_P(ModelConformance, GivesAFiniteOutputForEachExample) {
  const at::Tensor output = Output(input_);
  ASSERT_GE(output.dim(), 1);
  EXPECT_EQ(output.size(0), 2);
  EXPECT_TRUE(at::isfinite(output).all().item<bool>());
}

TEST_P(ModelConformance, LeavesItsInputAlone) {
  const at::Tensor before = input_.clone();
  Output(input_);
  EXPECT_TRUE(input_.equal(before));
}

TEST_P(ModelConformance, EvaluationIsDeterministic) {
  const ModeScope evaluation(*model_, /*training=*/false);
  EXPECT_TRUE(Output(input_).equal(Output(input_)));
}

TEST_P(ModelConformance, EvaluationTreatsExamplesApart) {
  const ModeScope evaluation(*model_, /*training=*/false);
  const at::Tensor alone = Output(input_.slice(0, 1, 2));
  EXPECT_TRUE(at::allclose(Output(input_)[1], alone[0], 1e-4, 1e-5));
}

TEST_P(ModelConformance, EvaluationChangesNoBuffer) {
  NamedTensors before = Buffers(*model_);
  for (auto& [name, buffer] : before) buffer = buffer.clone();
  const ModeScope evaluation(*model_, /*training=*/false);
  Output(input_);
  const NamedTensors after = Buffers(*model_);
  for (size_t i = 0; i < before.size(); ++i) {
    EXPECT_TRUE(after[i].second.equal(before[i].second)) << before[i].first;
  }
}

TEST_P(ModelConformance, ModeScopeRestoresTheMode) {
  ASSERT_TRUE(model_->is_training());
  {
    const ModeScope evaluation(*model_, /*training=*/false);
    for (const auto& part : model_->modules())
      EXPECT_FALSE(part->is_training());
  }
  for (const auto& part : model_->modules()) EXPECT_TRUE(part->is_training());
}

TEST_P(ModelConformance, EveryParameterGetsAGradient) {
  // Weights, as a plain sum is constant where the output is normalised.
  const at::Tensor output = Output(input_);
  output.mul(at::randn(output.sizes())).sum().backward();
  for (const auto& [name, parameter] : Parameters(*model_)) {
    ASSERT_TRUE(parameter.grad().defined()) << name;
    EXPECT_TRUE(at::isfinite(parameter.grad()).all().item<bool>()) << name;
  }
}

// Recurrent models need a ResetState for it.
TEST_P(ModelConformance, EachSequenceBeginsAnew) {
  const ModeScope evaluation(*model_, /*training=*/false);
  const at::Tensor before = Output(input_);
  Output(input_.mul(2));
  EXPECT_TRUE(Output(input_).equal(before));
}

TEST_P(ModelConformance, DetachedStateHasNoHistory) {
  const at::Tensor earlier = input_.clone().requires_grad_();
  Output(earlier);
  model_->DetachState();
  const at::Tensor output = Predict(*model_, input_);
  output.mul(at::randn(output.sizes())).sum().backward();
  EXPECT_FALSE(earlier.grad().defined());
}

TEST_P(ModelConformance, RecomputingChangesNothing) {
  const auto step = [this](Model& model) {
    at::manual_seed(11);
    const at::Tensor output = Predict(model, input_);
    output.mul(at::randn(output.sizes())).sum().backward();
    return output;
  };
  const auto recomputed = MakeSeeded(7);
  ASSERT_OK(MarkRecompute(*recomputed, {"."}));
  EXPECT_TRUE(step(*recomputed).equal(step(*model_)));
  const NamedTensors mine = Parameters(*model_);
  const NamedTensors theirs = Parameters(*recomputed);
  for (size_t i = 0; i < mine.size(); ++i) {
    EXPECT_TRUE(theirs[i].second.grad().equal(mine[i].second.grad()))
        << mine[i].first;
  }
  const NamedTensors buffers = Buffers(*recomputed);
  for (size_t i = 0; i < buffers.size(); ++i) {
    EXPECT_TRUE(buffers[i].second.equal(Buffers(*model_)[i].second))
        << buffers[i].first;
  }
}

CONFORMANCE_SUITE(ModelConformance, Model::kKind);

}  // namespace
}  // namespace toque
