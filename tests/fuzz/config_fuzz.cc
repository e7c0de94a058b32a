// Bytes as the text of an experiment, and as the argument of a --set.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "framework/config/config.h"
#include "framework/config/overrides.h"
#include "glog/logging.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto experiment = toque::ParseExperiment(text, "fuzz.textproto");
  if (!experiment.ok()) return 0;
  (void)toque::CheckExperiment(*experiment);

  const auto again =
      toque::ParseExperiment(toque::ExperimentText(*experiment), "again");
  CHECK(again.ok()) << again.status();
  CHECK(again->SerializeAsString() == experiment->SerializeAsString());

  toque::Experiment changed = *experiment;
  (void)toque::ApplyOverride(text, &changed);
  return 0;
}
