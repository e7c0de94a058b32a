// What every snippet must do.

#include <sstream>

#include "framework/core/snippet.h"
#include "framework/testing/conformance.h"

namespace toque {
namespace {

using SnippetConformance = testing::TestWithParam<Candidate>;

TEST_P(SnippetConformance, ShowsThatWhatItClaimsIsSo) {
  auto snippet = Make<Snippet>(GetParam());
  ASSERT_OK(snippet);
  std::ostringstream out;
  EXPECT_OK((*snippet)->Show(out));
  EXPECT_THAT(out.str(), testing::EndsWith("\n"));
}

CONFORMANCE_SUITE(SnippetConformance, Snippet::kKind);

}  // namespace
}  // namespace toque
