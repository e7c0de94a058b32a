#include "ATen/ops/cross_entropy_loss.h"
#include "ATen/ops/eye.h"
#include "ATen/ops/full.h"
#include "ATen/ops/one_hot.h"
#include "ATen/ops/tensor.h"
#include "ATen/ops/zeros.h"
#include "framework/core/loss.h"
#include "framework/core/model.h"
#include "framework/testing/testing.h"
#include "framework/weights/safetensors.h"
#include "google/protobuf/wrappers.pb.h"

namespace toque {
namespace {

// Of tests/goldens/losses.py.
at::Tensor Logits() {
  return at::tensor(
             {1.0, -0.5, 2.0, 0.25, 0.0, 1.5, -1.0, 0.5, -2.0, 0.75, 0.5, 3.0})
      .view({3, 4});
}
at::Tensor Classes() { return at::tensor({2, 0, 3}, at::kLong); }

std::string Options(const std::string& more, int classes = 4) {
  return absl::StrCat(
      "teacher { [type.googleapis.com/toque.TinyModel] { classes: ", classes,
      " } } checkpoint: 'teacher.safetensors' ", more);
}

// A checkpoint, in the data folder, of a teacher that answers its input times
// -1.
Context WithTeacher() {
  const std::string folder = TestFolder();
  State state;
  state.Set("model.linear.weight", at::eye(4).neg());
  state.Set("model.linear.bias", at::zeros({4}));
  EXPECT_OK(WriteSafetensors(folder + "/teacher.safetensors", state,
                             {{"format", "toque/1"}}));
  return Context().WithDataFolder(folder);
}

std::unique_ptr<Loss> OpenLoss(const std::string& options) {
  auto loss = MakeOrDie<Loss>("recipe.Distillation", Options(options));
  EXPECT_OK(loss->Open(WithTeacher()));
  return loss;
}
double Value(const std::string& options, const at::Tensor& target = Classes()) {
  return OpenLoss(options)
      ->Compute({.output = Logits()}, {.input = Logits(), .target = target})
      .item<double>();
}

// torch 2.11: tests/goldens/losses.py
TEST(DistillationTest, IsThatOfThePaper) {
  EXPECT_NEAR(Value(""), 2.92118636178818, 1e-14);
  EXPECT_NEAR(Value("temperature: 2 alpha: 0.75"), 1.40601097553654, 1e-14);
}

TEST(DistillationTest, IsCrossEntropyWhereOnlyLabelsCount) {
  EXPECT_NEAR(Value("alpha: 1"),
              at::cross_entropy_loss(Logits(), Classes()).item<double>(),
              1e-15);
}

TEST(DistillationTest, Is0WhereTheOutputIsTheTeachersAndLabelsDoNotCount) {
  const at::Tensor loss =
      OpenLoss("alpha: 0")
          ->Compute({.output = Logits().neg()},
                    {.input = Logits(), .target = Classes()});
  EXPECT_NEAR(loss.item<double>(), 0, 1e-15);
}

TEST(DistillationTest, NeedsNoLabelsWhereTheyDoNotCount) {
  const at::Tensor ignored = at::full({3}, -100, at::kLong);
  EXPECT_EQ(Value("alpha: 0", ignored), Value("alpha: 0"));
}

TEST(DistillationTest, TakesSoftTargets) {
  EXPECT_NEAR(Value("", at::one_hot(Classes(), 4)), Value(""), 1e-14);
}

TEST(DistillationTest, SendsNoGradientThroughTheTeacher) {
  const at::Tensor input = Logits().set_requires_grad(true);
  const at::Tensor output = Logits().set_requires_grad(true);
  OpenLoss("")
      ->Compute({.output = output}, {.input = input, .target = Classes()})
      .backward();
  EXPECT_TRUE(output.grad().defined());
  EXPECT_FALSE(input.grad().defined());
}

// Adds up what it has seen: state, as a recurrent model's.
struct Summing : Model {
  at::Tensor Forward(const at::Tensor& input) override {
    sum = sum.defined() ? sum.add(input) : input;
    return sum.mul(scale);
  }
  std::vector<int64_t> ExampleShape() const override { return {4}; }
  void ResetState() override { sum.reset(); }

  at::Tensor scale = register_parameter("scale", at::ones({}));
  at::Tensor sum;
};

Made<Model> MakeSumming(const google::protobuf::BoolValue&) {
  return std::make_shared<Summing>();
}

TOQUE_PLUGIN(MakeSumming);

TEST(DistillationTest, AsksARecurrentTeacherAnewForEachBatch) {
  const std::string folder = TestFolder();
  State state;
  state.Set("scale", at::full({}, 2.0));
  EXPECT_OK(WriteSafetensors(folder + "/summing.safetensors", state));
  const auto loss = MakeOrDie<Loss>(
      "recipe.Distillation",
      "teacher { [type.googleapis.com/google.protobuf.BoolValue] {} } "
      "checkpoint: 'summing.safetensors'");
  ASSERT_OK(loss->Open(Context().WithDataFolder(folder)));
  const auto value = [&] {
    return loss
        ->Compute({.output = Logits()},
                  {.input = Logits(), .target = Classes()})
        .item<double>();
  };
  const double first = value();
  EXPECT_EQ(value(), first);
}

TEST(DistillationTest, NamesTheShapeOfASoftTargetOfOtherClasses) {
  EXPECT_THAT(
      [] {
        Value("", at::ones({3, 5}));
      },
      testing::ThrowsMessage<c10::Error>(testing::AllOf(
          testing::HasSubstr("[3, 4]"), testing::HasSubstr("[3, 5]"))));
}

TEST(DistillationTest, HasNoParametersOfItsOwn) {
  EXPECT_THAT(OpenLoss("")->Parameters(), testing::IsEmpty());
}

TEST(DistillationTest, ComputesInTheTypeOfTheOutput) {
  const auto loss = OpenLoss("");
  for (const at::ScalarType type : {at::kFloat, at::kDouble}) {
    const at::Tensor scores = Logits().to(type);
    const at::Tensor value = loss->Compute(
        {.output = scores}, {.input = scores, .target = Classes()});
    EXPECT_EQ(value.scalar_type(), type);
    EXPECT_NEAR(value.item<double>(), 2.92118636178818, 1e-6);
  }
}

TEST(DistillationTest, NamesWhatTheCheckpointLacks) {
  const auto loss = MakeOrDie<Loss>("recipe.Distillation", Options("", 3));
  EXPECT_THAT(loss->Open(WithTeacher()),
              FailsWith("teacher.safetensors: \"linear.weight\" must have the "
                        "model's shape [3, 4], got [4, 4]"));
  EXPECT_THAT(loss->Open(Context().WithDataFolder("/nowhere")),
              FailsWith("/nowhere/teacher.safetensors"));
}

TEST(DistillationTest, RefusesATeacherOfOtherClasses) {
  const auto loss = MakeOrDie<Loss>("recipe.Distillation", Options("", 3));
  EXPECT_THROW(loss->Compute({.output = Logits()},
                             {.input = Logits(), .target = Classes()}),
               c10::Error);
}

TEST(DistillationTest, RefusesOptionsOutOfRange) {
  const auto make = [](const std::string& options) {
    return Make<Loss>("recipe.Distillation", options);
  };
  EXPECT_THAT(make(""), FailsWith("teacher must be given"));
  EXPECT_THAT(make(""), FailsWith("checkpoint must be given"));
  EXPECT_THAT(make(Options("temperature: 0")),
              FailsWith("temperature must be above 0, got 0"));
  EXPECT_THAT(make(Options("alpha: 2")),
              FailsWith("alpha must be from 0 to 1, got 2"));
  EXPECT_THAT(make("checkpoint: 'x' teacher { type_url: "
                   "'type.googleapis.com/recipe.Nothing' }"),
              FailsWith("here.teacher"));
}

}  // namespace
}  // namespace toque
