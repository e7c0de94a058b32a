#include "framework/parts/parts.h"

#include <map>
#include <string>
#include <utility>

#include "framework/parts/device.h"

namespace toque {
namespace {

// Makes plugins and keeps what goes wrong, so that one fault doesn't hide the
// next.
class Builder {
 public:
  Builder(const Experiment& experiment, const Context& context, Opening opening)
      : experiment_(experiment), context_(context), opening_(opening) {}

  absl::StatusOr<Parts> Build() {
    Parts parts;
    BuildSection(experiment_.train(), "train", &parts.train);
    if (experiment_.has_eval()) {
      BuildSection(experiment_.eval(), "eval", &parts.eval.emplace());
    }
    if (experiment_.has_test()) {
      BuildSection(experiment_.test(), "test", &parts.test.emplace());
    }
    if (opening_ == Opening::kOpen && parts.train.dataset != nullptr &&
        faults_.empty()) {
      parts.info = parts.train.dataset->Info();
      context_ = context_.WithDataset(parts.info);
    }
    BuildTransforms(experiment_.train(), "train", &parts.train);
    if (parts.eval) BuildTransforms(experiment_.eval(), "eval", &*parts.eval);
    if (parts.test) BuildTransforms(experiment_.test(), "test", &*parts.test);
    SeedGenerators(experiment_.seed());
    Take(experiment_.model(), context_.At("model"), &parts.model);
    Take(experiment_.loss(), context_.At("loss"), &parts.loss);
    if (opening_ == Opening::kOpen && parts.loss != nullptr) {
      faults_.push_back(AtPlugin(parts.loss->Open(context_.At("loss")),
                                 context_.At("loss"),
                                 PluginName(experiment_.loss())));
    }
    Take(experiment_.optimizer(), context_.At("optimizer"), &parts.optimizer);
    TakeAll(experiment_.hook(), context_, "hook", &parts.hooks);
    for (int i = 0; i < experiment_.hook_size(); ++i) {
      parts.hook_places.push_back(absl::StrCat(
          "hook[", i, "]: ", View(PluginName(experiment_.hook(i)))));
    }
    RETURN_IF_ERROR(Together(faults_));
    return parts;
  }

 private:
  template <typename Held>
  void Take(const google::protobuf::Any& any, const Context& context,
            Held* part) {
    using Kind = typename Held::element_type;
    Made<Kind> made = toque::Build<Kind>(any, context);
    if (made.ok()) {
      *part = *std::move(made);
    } else {
      faults_.push_back(made.status());
    }
  }

  template <typename Anys, typename Kind>
  void TakeAll(const Anys& anys, const Context& context, const char* field,
               std::vector<std::unique_ptr<Kind>>* parts) {
    for (int i = 0; i < anys.size(); ++i) {
      std::unique_ptr<Kind> part;
      Take(anys[i], context.At(absl::StrCat(field, "[", i, "]")), &part);
      if (part != nullptr) parts->push_back(std::move(part));
    }
  }

  void BuildSection(const Section& section, const char* name,
                    SectionParts* parts) {
    const Context context = context_.At(name);
    parts->section = section;
    if (section.has_sampler()) {
      Take(section.sampler(), context.At("sampler"), &parts->sampler);
    }
    if (parts->sampler != nullptr && parts->sampler->Layout().has_value()) {
      faults_.push_back(
          AtPlace(Invalid(absl::StrCat(
                      View(PluginName(section.sampler())),
                      " picks the frames of a clip, and a sampler that "
                      "orders examples is needed here")),
                  context.At("sampler").place()));
    }
    std::shared_ptr<Dataset>& shared =
        datasets_[section.dataset().SerializeAsString()];
    if (shared == nullptr) OpenDataset(section, context, &shared);
    parts->dataset = shared;
    if (shared != nullptr) SetRange(context, parts);
  }

  void OpenDataset(const Section& section, const Context& context,
                   std::shared_ptr<Dataset>* dataset) {
    const Context place = context.At("dataset");
    std::unique_ptr<Dataset> made;
    Take(section.dataset(), place, &made);
    if (made == nullptr || opening_ == Opening::kSkip) return;
    const absl::Status status = made->Open(place);
    if (status.ok()) {
      *dataset = std::move(made);
    } else {
      faults_.push_back(AtPlugin(status, place, PluginName(section.dataset())));
    }
  }

  void SetRange(const Context& context, SectionParts* parts) {
    const Range& range = parts->section.range();
    const int64_t size = parts->dataset->size();
    parts->begin = range.begin();
    parts->end = range.has_end() ? range.end() : size;
    if (parts->begin < parts->end && parts->end <= size) return;
    faults_.push_back(AtPlace(
        Invalid(absl::StrCat("must lie in the ", size,
                             " examples of the data set and not be empty"),
                absl::StrCat("[", parts->begin, ", ", parts->end, ")")),
        context.At("range").place()));
  }

  void BuildTransforms(const Section& section, const char* name,
                       SectionParts* parts) {
    const Context context = context_.At(name);
    TakeAll(section.transform(), context, "transform", &parts->transforms);
    TakeAll(section.batch_transform(), context, "batch_transform",
            &parts->batch_transforms);
  }

  const Experiment& experiment_;
  Context context_;
  const Opening opening_;
  std::map<std::string, std::shared_ptr<Dataset>> datasets_;
  std::vector<absl::Status> faults_;
};

}  // namespace

absl::StatusOr<Parts> BuildParts(const Experiment& experiment,
                                 const Context& context, Opening opening) {
  return Builder(experiment, context, opening).Build();
}

}  // namespace toque
