#include "framework/shared/snippet_source.h"

#include "gtest/gtest.h"

namespace toque {
namespace {

TEST(SnippetSourceTest, IsFoundByItsFolder) {
  static constexpr char kSource[] = "int x;\n";
  EXPECT_TRUE(RegisterSnippetSource("plugins/snippets/x", kSource,
                                    sizeof(kSource) - 1));
  EXPECT_EQ(SnippetSource("plugins/snippets/x"), "int x;\n");
  EXPECT_EQ(SnippetSource("plugins/snippets/y"), "");
}

}  // namespace
}  // namespace toque
