// What every snippet must do.

#include "framework/command/shown_code.h"
#include "framework/core/snippet.h"
#include "framework/shared/snippet_source.h"
#include "framework/testing/conformance.h"

namespace toque {
namespace {

using testing::ContainsRegex;
using testing::Not;

using SnippetConformance = testing::TestWithParam<Candidate>;

TEST_P(SnippetConformance, ShowsThatWhatItClaimsIsSo) {
  auto snippet = Make<Snippet>(GetParam());
  ASSERT_OK(snippet);
  Page page;
  (*snippet)->Show(page);
  EXPECT_OK(page.fault());
  EXPECT_FALSE(page.parts().empty());
  for (const PagePart& part : page.parts()) {
    EXPECT_FALSE(part.text.empty());
    EXPECT_FALSE(part.kind == PagePart::kTrap && part.shown.empty())
        << "a trap shows what happens: " << part.text;
  }
}

// Its page is committed: docs/cookbook.
TEST_P(SnippetConformance, ShowsTheSameAtEachRun) {
  Page first;
  Page second;
  (*Make<Snippet>(GetParam()))->Show(first);
  (*Make<Snippet>(GetParam()))->Show(second);
  EXPECT_EQ(first.Text(), second.Text());
  EXPECT_THAT(first.Text(), Not(ContainsRegex("0x[0-9a-f]{6}")))
      << "addresses change";
}

TEST_P(SnippetConformance, HasCodeThatTheCookbookShows) {
  const std::string_view source = SnippetSource(GetParam().entry->folder);
  ASSERT_FALSE(source.empty());
  EXPECT_FALSE(ShownCode(source).empty())
      << "no code stands between \"namespace {\" and \"Made<Snippet> Make\"";
}

CONFORMANCE_SUITE(SnippetConformance, Snippet::kKind);

}  // namespace
}  // namespace toque
