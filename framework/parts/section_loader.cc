#include "framework/parts/section_loader.h"

#include <algorithm>
#include <thread>

#include "framework/core/registry.h"

namespace toque {
namespace {

OnBroken PolicyOf(const Section& section) {
  switch (section.on_broken()) {
    case Section::FAIL:
      return OnBroken::kFail;
    case Section::SKIP:
      return OnBroken::kSkip;
    case Section::REPLACE:
      return OnBroken::kReplace;
  }
  return OnBroken::kFail;
}

PixelForm PixelsOf(const Section& section, Experiment::MemoryFormat format) {
  const bool interleaved = format == Experiment::CHANNELS_LAST;
  switch (section.pixels()) {
    case Section::FLOAT32:
      return {PixelForm::kFloat32, interleaved};
    case Section::BFLOAT16:
      return {PixelForm::kBfloat16, interleaved};
    case Section::UINT8:
      return {PixelForm::kUint8, interleaved};
  }
  return {PixelForm::kFloat32, interleaved};
}

}  // namespace

LoaderOptions LoaderOptionsOf(const Experiment& experiment,
                              const SectionParts& parts, bool training) {
  const Section& section = parts.section;
  LoaderOptions options;
  options.dataset = parts.dataset.get();
  options.begin = parts.begin;
  options.end = parts.end;
  if (training && experiment.overfit_batches() > 0) {
    const int64_t examples =
        int64_t{experiment.overfit_batches()} * section.batch_size();
    options.end = std::min(options.end, options.begin + examples);
  }
  options.sampler = parts.sampler.get();
  for (const auto& transform : parts.transforms) {
    options.transforms.push_back(transform.get());
  }
  for (const auto& transform : section.transform()) {
    options.transform_names.emplace_back(PluginName(transform));
  }
  options.batch_size = section.batch_size();
  options.drop_last = training && section.drop_last();
  options.threads = 0;
  options.seed = experiment.seed();
  options.training = training;
  options.pixels = PixelsOf(section, experiment.memory_format());
  options.on_broken = PolicyOf(section);
  return options;
}

int LoaderThreads(const Section& section) {
  if (section.has_loader_threads()) return section.loader_threads();
  const int cores = static_cast<int>(std::thread::hardware_concurrency());
  return std::clamp(cores - 1, 1, 8);
}

}  // namespace toque
