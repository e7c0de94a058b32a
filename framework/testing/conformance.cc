#include "framework/testing/conformance.h"

#include <ostream>

namespace toque {

std::vector<Candidate> Candidates(std::string_view kind) {
  std::vector<Candidate> candidates;
  for (const PluginEntry* entry : AllPlugins(kind)) {
    candidates.push_back({entry, std::string(entry->example)});
  }
  return candidates;
}

std::string CandidateName(const testing::TestParamInfo<Candidate>& info) {
  return info.param.entry->options()->name();
}

void PrintTo(const Candidate& candidate, std::ostream* out) {
  *out << candidate.entry->name() << " { " << candidate.options << " }";
}

}  // namespace toque
