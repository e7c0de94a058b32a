// What experiment() tests: the text loads, every plugin in it can be made, the
// BUILD call lists those plugins and no other, and a short run gives what the
// golden says.

#include <fstream>
#include <set>

#include "framework/config/config.h"
#include "framework/core/embedded.h"
#include "framework/core/model_access.h"
#include "framework/parts/parts.h"
#include "framework/testing/golden.pb.h"
#include "framework/testing/testing.h"
#include "framework/trainer/trainer.h"
#include "google/protobuf/text_format.h"
#include "nlohmann/json.hpp"

namespace toque {
namespace {

Experiment Load() {
  const EmbeddedFile file = EmbeddedExperiment();
  const auto experiment = ParseExperiment(file.text, file.name);
  EXPECT_OK(experiment);
  return experiment.ok() ? *experiment : Experiment();
}

Golden LoadGolden() {
  Golden golden;
  const std::string text(EmbeddedGolden().text);
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &golden));
  return golden;
}

// Adds the names of all plugins in `message`, at any depth.
void CollectPlugins(const google::protobuf::Message& message,
                    std::set<std::string>* names) {
  if (message.GetDescriptor()->full_name() == "google.protobuf.Any") {
    const auto& any = static_cast<const google::protobuf::Any&>(message);
    if (any.type_url().empty()) return;
    names->insert(std::string(PluginName(any)));
    const auto options = UnpackOptions(any);
    if (options.ok()) CollectPlugins(**options, names);
    return;
  }
  const auto* reflection = message.GetReflection();
  std::vector<const google::protobuf::FieldDescriptor*> fields;
  reflection->ListFields(message, &fields);
  for (const auto* field : fields) {
    if (field->cpp_type() != field->CPPTYPE_MESSAGE) continue;
    const int count =
        field->is_repeated() ? reflection->FieldSize(message, field) : 1;
    for (int i = 0; i < count; ++i) {
      CollectPlugins(field->is_repeated()
                         ? reflection->GetRepeatedMessage(message, field, i)
                         : reflection->GetMessage(message, field),
                     names);
    }
  }
}

// Ends a run early; its schedules are those of the whole.
class StopAfter : public Hook {
 public:
  explicit StopAfter(int64_t steps) : steps_(steps) {}
  absl::Status AfterStep(toque::Run& run) override {
    if (run.progress.step >= steps_) run.RequestStop("the golden's length");
    return absl::OkStatus();
  }

 private:
  int64_t steps_;
};

class GoldenRun : public testing::Test {
 protected:
  void SetUp() override {
    golden_ = LoadGolden();
    if (!golden_.needs().empty()) SKIP_WITHOUT_DATA();
    experiment_ = Load();
    experiment_.set_compute_threads(1);
    experiment_.set_device(CPU);
    experiment_.clear_test();  // goldens are of evaluations
  }

  std::unique_ptr<Trainer> MakeTrainer(const std::string& folder = "",
                                       int64_t steps = 0) {
    const Context context =
        Context().WithDataFolder(DataFolder() + "/" + golden_.needs());
    auto trainer =
        Trainer::Create(experiment_, context, {"golden", folder, nullptr});
    EXPECT_OK(trainer);
    if (!trainer.ok()) return nullptr;
    if (steps > 0) {
      (*trainer)->AddHook(std::make_unique<StopAfter>(steps), "golden");
    }
    return *std::move(trainer);
  }

  Golden golden_;
  Experiment experiment_;
};

TEST(ExperimentTest, MakesEveryPlugin) {
  EXPECT_OK(CheckExperiment(Load()));
  EXPECT_OK(BuildParts(Load(), Context(), Opening::kSkip));
}

TEST(ExperimentTest, UsesThePluginsThatItsBuildCallListsAndNoOther) {
  std::set<std::string> used;
  CollectPlugins(Load(), &used);
  std::set<std::string> linked;
  for (const PluginEntry* entry : AllPlugins()) linked.insert(entry->name());
  EXPECT_EQ(used, linked);
}

TEST(ExperimentTest, PrintsAsTextThatReadsBackEqual) {
  const auto again = ParseExperiment(ExperimentText(Load()), "again");
  ASSERT_OK(again);
  EXPECT_EQ(again->SerializeAsString(), Load().SerializeAsString());
}

TEST_F(GoldenRun, HasTheSizesOfTheGolden) {
  const auto trainer = MakeTrainer();
  ASSERT_NE(trainer, nullptr);
  int64_t parameters = 0;
  for (const auto& [name, tensor] : Parameters(*trainer->run().model)) {
    parameters += tensor.numel();
  }
  EXPECT_EQ(parameters, golden_.parameters());

  ASSERT_OK(trainer->EvaluateOnce("eval"));
  const auto output = trainer->run().prediction.output.sizes().vec();
  const auto& expected = golden_.output();
  EXPECT_EQ(output, std::vector<int64_t>(expected.begin(), expected.end()))
      << "of the last batch of an evaluation";
}

TEST_F(GoldenRun, LosesAsTheGoldenDoes) {
  experiment_.set_log_every_steps(1);
  const std::string folder = TestFolder();
  ASSERT_OK(MakeRunFolder(folder));
  const auto trainer = MakeTrainer(folder, golden_.loss_size());
  ASSERT_NE(trainer, nullptr);
  ASSERT_OK(trainer->Train());

  std::ifstream metrics(folder + "/metrics.jsonl");
  for (int i = 0; i < golden_.loss_size(); ++i) {
    std::string line;
    ASSERT_TRUE(std::getline(metrics, line)) << "no line for step " << i;
    const double loss = nlohmann::json::parse(line).at("loss/train");
    EXPECT_NEAR(loss, golden_.loss(i), 1e-3) << "at step " << i;
  }
}

TEST_F(GoldenRun, ReachesTheAccuracyOfTheGolden) {
  const auto trainer = MakeTrainer("", golden_.steps());
  ASSERT_NE(trainer, nullptr);
  const auto outcome = trainer->Train();
  ASSERT_OK(outcome);
  EXPECT_GE(outcome->metrics.at("accuracy/eval"), golden_.accuracy());
}

}  // namespace
}  // namespace toque
