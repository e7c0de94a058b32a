#include "framework/core/snippet.h"
#include "tests/tools/lying_snippet.pb.h"

namespace toque {
namespace {

Made<Snippet> MakeLying(const snippet::Lying&) {
  return SnippetOf([](Page& page) {
    page.Claim(1 + 1 == 3, "one and one are three");
    page.Line("behind it");
  });
}

TOQUE_PLUGIN(MakeLying);

}  // namespace
}  // namespace toque
