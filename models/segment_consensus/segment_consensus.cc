#include <algorithm>
#include <utility>

#include "ATen/core/grad_mode.h"
#include "ATen/ops/cat.h"
#include "ATen/ops/zeros.h"
#include "framework/core/check_shape.h"
#include "framework/core/model.h"
#include "framework/core/model_access.h"
#include "framework/layers/layers.h"
#include "framework/layers/statistics.h"
#include "framework/layers/temporal_shift.h"
#include "framework/shared/name_patterns.h"
#include "models/segment_consensus/segment_consensus.pb.h"

namespace toque {
namespace {

using Options = recipe::SegmentConsensus;

constexpr int64_t kAtOnce = 64;  // pictures in an evaluation

// Scores of segments [N, K, classes] to those of clips [N, classes].
struct Consensus : Block {
  Consensus(const Options& options, int64_t classes)
      : kind_of(options.consensus()), k(options.k()) {
    if (kind_of != Options::WEIGHTED) return;
    weight = register_parameter("weight", at::zeros(classes));
  }

  at::Tensor Forward(const at::Tensor& input) override {
    switch (kind_of) {
      case Options::MEAN:
        return input.mean(1);
      case Options::MAX:
        return input.amax(1);
      case Options::TOP_K:
        TORCH_CHECK(k <= input.size(1), "k must be at most the ", input.size(1),
                    " segments, got ", k);
        return std::get<0>(input.topk(k, 1)).mean(1);
      case Options::WEIGHTED:
        break;
    }
    CHECK_SHAPE(input, {kAny, kAny, weight.size(0)});
    const at::Tensor shares = input.matmul(weight).softmax(1);
    return input.mul(shares.unsqueeze(2)).sum(1);
  }
  std::string Describe() const override {
    return absl::StrCat("Consensus(", Options::Consensus_Name(kind_of), ")");
  }

  Options::Consensus kind_of;
  int64_t k;
  at::Tensor weight;  // [classes] of WEIGHTED
};

struct SegmentConsensusModel : Model {
  SegmentConsensusModel(const Options& options, std::shared_ptr<Model> given)
      : options(options), backbone(std::move(given)) {
    TakeParts();
  }

  // Under the names that the backbone has for them.
  void TakeParts() {
    for (const auto& part : backbone->named_children()) {
      register_module(part.key(), part.value());
    }
    for (const auto& own : backbone->named_parameters(/*recurse=*/false)) {
      register_parameter(own.key(), own.value());
    }
    for (const auto& own : backbone->named_buffers(/*recurse=*/false)) {
      register_buffer(own.key(), own.value());
    }
  }

  at::Tensor Forward(const at::Tensor& input) override {
    // The loader gives clips of a single frame as pictures.
    const at::Tensor clips = input.dim() == 4 ? input.unsqueeze(1) : input;
    CHECK_SHAPE(clips, {kAny, kAny, kAny, kAny, kAny});
    const at::Tensor scores = ScoresOf(clips);
    return (*consensus)(scores.unflatten(0, {-1, *segments}));
  }

  // [N * K, classes]. Where nobody sees the difference not too many pictures at
  // once: 25 segments in ten crops would need gigabytes.
  at::Tensor ScoresOf(const at::Tensor& clips) {
    const int64_t at_once =
        std::max<int64_t>(1, kAtOnce / std::max<int64_t>(1, clips.size(1)));
    if (is_training() || at::GradMode::is_enabled() || Observed() ||
        clips.size(0) <= at_once) {
      return SegmentScores(clips);
    }
    std::vector<at::Tensor> scores;
    for (const at::Tensor& some : clips.split(at_once)) {
      scores.push_back(SegmentScores(some));
    }
    return at::cat(scores);
  }

  // [N * K, classes]. The backbone's Forward itself is called: it has the name
  // of this model, which observers are to meet once.
  at::Tensor SegmentScores(const at::Tensor& clips) {
    const at::Tensor pictures = Pictures(clips);
    *segments = pictures.size(1);
    return backbone->Forward(pictures.flatten(0, 1));
  }

  // What the backbone is to see of each segment: [N, K, C, H, W].
  at::Tensor Pictures(const at::Tensor& clips) const {
    const int64_t frames = options.frames();
    if (frames == 1) return clips;
    TORCH_CHECK(clips.size(1) % frames == 0, "input must have ", frames,
                " frames for each segment, got ", clips.size(1), " in all");
    at::Tensor pictures = clips.unflatten(1, {-1, frames});
    if (options.differences()) {
      pictures = pictures.narrow(2, 1, frames - 1)
                     .sub(pictures.narrow(2, 0, frames - 1));
    }
    return pictures.flatten(2, 3);
  }

  std::vector<int64_t> ExampleShape() const override {
    std::vector<int64_t> shape = backbone->ExampleShape();
    shape[0] /= options.frames() - (options.differences() ? 1 : 0);
    shape.insert(shape.begin(), int64_t{options.segments()} * options.frames());
    return shape;
  }
  std::string Describe() const override { return "SegmentConsensus"; }
  void ResetState() override { backbone->ResetState(); }
  void DetachState() override { backbone->DetachState(); }

  // The backbone itself and its dropout are no parts.
  void train(bool on) override {
    Block::train(on);
    backbone->train(on);
    if (dropout != nullptr) dropout->train(on);
    for (const auto& norm : kept_norms) norm->eval();
  }

  const Options options;
  std::shared_ptr<Model> backbone;
  std::shared_ptr<Consensus> consensus;
  Layer dropout;                  // or null
  std::vector<Layer> kept_norms;  // of partial batch norm
  // Of the clips that go through the backbone.
  const std::shared_ptr<int64_t> segments = std::make_shared<int64_t>(1);
};

absl::Status CheckPictures(const Options& options, const Model& backbone) {
  const std::vector<int64_t> shape = backbone.ExampleShape();
  if (shape.size() != 3) {
    return Invalid("backbone must take pictures [C, H, W]",
                   absl::StrCat(shape.size(), " dimensions"));
  }
  const int64_t joined = options.frames() - (options.differences() ? 1 : 0);
  if (shape[0] % joined != 0) {
    return Invalid(absl::StrCat("backbone must take ", joined,
                                " times the channels of a frame"),
                   shape[0]);
  }
  if (backbone.named_children().contains("consensus")) {
    return Invalid("backbone must have no part of the name consensus");
  }
  return absl::OkStatus();
}

absl::Status AddConsensus(const Options& options,
                          SegmentConsensusModel* model) {
  int64_t classes = 0;
  if (options.consensus() == Options::WEIGHTED) {
    const at::NoGradGuard no_gradients;
    const ModeScope evaluation(*model, /*training=*/false);
    std::vector<int64_t> shape = model->ExampleShape();
    shape.insert(shape.begin(), 1);
    try {
      classes = model->SegmentScores(at::zeros(shape)).size(-1);
    } catch (const LayerError& error) {
      return Invalid(error.what());
    } catch (const c10::Error& error) {
      return Invalid(error.what_without_backtrace());
    }
    model->ResetState();
  }
  model->consensus =
      model->Add("consensus", std::make_shared<Consensus>(options, classes));
  return absl::OkStatus();
}

absl::Status AddShift(const Options::TemporalShift& shift,
                      SegmentConsensusModel* model) {
  RETURN_IF_ERROR(Given("at", shift.has_at()));
  if (shift.fraction() < 2 && shift.fraction() != 0) {
    return Invalid("fraction must be 0 or at least 2", shift.fraction());
  }
  ASSIGN_OR_RETURN(const auto patterns, NamePatterns::Make("at", {shift.at()}));
  std::vector<std::string> names;
  for (const auto& part : model->backbone->named_modules()) {
    auto* block = dynamic_cast<Block*>(part.value().get());
    if (block == nullptr || block->kind() != Block::Kind::kConvolution) {
      continue;
    }
    names.push_back(part.key());
    if (shift.fraction() == 0 || !patterns.Match(part.key())) continue;
    block->ChangeInput([segments = model->segments,
                        fraction = shift.fraction()](const at::Tensor& maps) {
      return ShiftInTime(maps, *segments, fraction);
    });
  }
  return patterns.CheckEach("a convolution of the backbone", names);
}

absl::Status AddDropout(const Options::Dropout& options,
                        SegmentConsensusModel* model) {
  RETURN_IF_ERROR(
      Together({Given("before", options.has_before()),
                Within("probability", options.probability(), 0, 1)}));
  const auto parts = model->backbone->named_modules();
  const auto* part = parts.find(options.before());
  auto* block = part == nullptr ? nullptr : dynamic_cast<Block*>(part->get());
  if (block == nullptr || block == model->backbone.get()) {
    const std::string nearest =
        Nearest(options.before(), BlockPaths(*model->backbone));
    return Invalid(
        absl::StrCat("before must be the path of a part of the backbone, got ",
                     options.before(),
                     nearest.empty() ? "" : "; did you mean " + nearest + "?"));
  }
  model->dropout = Dropout(options.probability());
  block->ChangeInput([dropout = model->dropout](const at::Tensor& input) {
    return dropout->Forward(input);
  });
  return absl::OkStatus();
}

// Keeps all batch norms but the first as they are.
absl::Status KeepNorms(SegmentConsensusModel* model) {
  bool first = true;
  for (const auto& part : model->backbone->modules(/*include_self=*/false)) {
    const auto norm = std::dynamic_pointer_cast<StatisticsBlock>(part);
    if (norm == nullptr || norm->kind() != Block::Kind::kNorm) continue;
    if (std::exchange(first, false)) continue;
    for (const at::Tensor& parameter : norm->parameters()) {
      parameter.set_requires_grad(false);
    }
    norm->eval();
    model->kept_norms.push_back(norm);
  }
  if (!first) return absl::OkStatus();
  return Invalid("batch_norm: PARTIAL needs a backbone with batch norms");
}

Made<Model> MakeSegmentConsensus(const Options& options,
                                 const Context& context) {
  RETURN_IF_ERROR(Together(
      {Given("backbone", options.has_backbone()), AtLeast("k", options.k(), 1),
       AtLeast("frames", options.frames(), options.differences() + 1),
       AtLeast("segments", options.segments(), 1)}));
  ASSIGN_OR_RETURN(auto backbone,
                   Build<Model>(options.backbone(), context.At("backbone")));
  RETURN_IF_ERROR(CheckPictures(options, *backbone));
  auto model =
      std::make_shared<SegmentConsensusModel>(options, std::move(backbone));
  RETURN_IF_ERROR(AddConsensus(options, model.get()));
  if (options.has_temporal_shift()) {
    RETURN_IF_ERROR(AtPlace(AddShift(options.temporal_shift(), model.get()),
                            "temporal_shift"));
  }
  if (options.has_dropout()) {
    RETURN_IF_ERROR(
        AtPlace(AddDropout(options.dropout(), model.get()), "dropout"));
  }
  if (options.batch_norm() == Options::PARTIAL) {
    RETURN_IF_ERROR(KeepNorms(model.get()));
  }
  return model;
}

TOQUE_PLUGIN(MakeSegmentConsensus);

}  // namespace
}  // namespace toque
