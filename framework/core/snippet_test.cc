#include "framework/core/snippet.h"

#include <stdexcept>

#include "c10/util/Exception.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

TEST(PageTest, PrintsLinesClaimsAndTrapsInOrder) {
  Page page;
  page.Line("x: ", 3, ", half of it ", 1.5);
  page.Claim(true, "it is odd");
  page.Trap("it has no half", [] { TORCH_CHECK(false, "no half\nof ", 3); });
  page.Trap("it is refused", absl::NotFoundError("no third\nof 4"));
  page.Trap("halves are rounded", true, "3 / 2 is 1");
  page.Line("done");
  EXPECT_OK(page.fault());
  EXPECT_EQ(page.Text(),
            "x: 3, half of it 1.5\n"
            "holds: it is odd\n"
            "trap: it has no half\n"
            "  no half\n"
            "trap: it is refused\n"
            "  no third\n"
            "trap: halves are rounded\n"
            "  3 / 2 is 1\n"
            "done\n");
}

TEST(PageTest, ReportsTheFirstClaimThatIsNotSoAndGoesOn) {
  Page page;
  page.Claim(true, "first");
  page.Claim(false, "second");
  page.Claim(false, "third");
  page.Line("behind it");
  EXPECT_THAT(page.fault(), FailsWith("claim does not hold: second"));
  EXPECT_EQ(page.Text(),
            "holds: first\nDOES NOT HOLD: second\nDOES NOT HOLD: third\n"
            "behind it\n");
}

TEST(PageTest, ReportsATrapThatRaisesOrSurprisesNot) {
  Page raises;
  raises.Trap("it raises", [] {});
  EXPECT_THAT(raises.fault(), FailsWith("no trap: it raises, got nothing"));
  EXPECT_EQ(raises.Text(), "NO TRAP: it raises\n  nothing\n");

  Page answers;
  answers.Trap("it is refused", absl::OkStatus());
  EXPECT_THAT(answers.fault(),
              FailsWith("no trap: it is refused, got nothing"));

  Page surprises;
  surprises.Trap("it is NaN", false, "0");
  EXPECT_THAT(surprises.fault(), FailsWith("no trap: it is NaN, got 0"));
}

TEST(PageTest, TakesAnyExceptionAsATrap) {
  Page page;
  page.Trap("it raises", [] { throw std::runtime_error("one\ntwo"); });
  EXPECT_OK(page.fault());
  EXPECT_EQ(page.parts()[0].shown, "one");
}

TEST(SnippetTest, IsOneFunction) {
  Page page;
  SnippetOf([](Page& shown) { shown.Line("here"); })->Show(page);
  EXPECT_EQ(page.Text(), "here\n");
}

}  // namespace
}  // namespace toque
