// Conformance suites: what every plugin of a kind must do. plugin() adds the
// suite of the kind to each plugin's own test.

#ifndef TOQUE_FRAMEWORK_TESTING_CONFORMANCE_H_
#define TOQUE_FRAMEWORK_TESTING_CONFORMANCE_H_

#include <string>
#include <string_view>

#include "framework/testing/testing.h"

namespace toque {

// A plugin under test; cases are named after it.
struct Candidate {
  const PluginEntry* entry;
  std::string options;  // text: its example, or "" where {} will do
};

// The plugins of a kind that are linked into this test.
std::vector<Candidate> Candidates(std::string_view kind);
std::string CandidateName(const testing::TestParamInfo<Candidate>& info);
void PrintTo(const Candidate& candidate, std::ostream* out);

template <typename Kind>
Made<Kind> Make(const Candidate& candidate,
                const Context& context = Context()) {
  return Make<Kind>(candidate.entry->name(), candidate.options, context);
}

}  // namespace toque

// Runs the tests of `suite`, a testing::TestWithParam<Candidate>, for each
// plugin of the kind; a test without such a plugin fails.
#define CONFORMANCE_SUITE(suite, kind)                                   \
  INSTANTIATE_TEST_SUITE_P(Conformance, suite,                           \
                           testing::ValuesIn(::toque::Candidates(kind)), \
                           ::toque::CandidateName)

#endif  // TOQUE_FRAMEWORK_TESTING_CONFORMANCE_H_
