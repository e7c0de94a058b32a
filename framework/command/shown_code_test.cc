#include "framework/command/shown_code.h"

#include "gtest/gtest.h"

namespace toque {
namespace {

TEST(ShownCodeTest, HasWhatTheSourceIncludesButNotTheFactory) {
  EXPECT_EQ(ShownCode("#include <string>\n\n"
                      "#include \"ATen/ops/ones.h\"\n"
                      "#include \"framework/core/snippet.h\"\n"
                      "#include \"plugins/snippets/x/x.pb.h\"\n\n"
                      "namespace toque {\nnamespace {\n\n"
                      "int x;\n\nint y;\n\n"
                      "Made<Snippet> MakeX(const snippet::X&) {\n"),
            "#include <string>\n#include \"ATen/ops/ones.h\"\n\n"
            "int x;\n\nint y;\n");
  EXPECT_EQ(ShownCode("\nnamespace {\n\nint x;\n\nMade<Snippet> MakeX() {\n"),
            "int x;\n");
}

TEST(ShownCodeTest, IsEmptyWhereThereIsNoCodeOrNoFactory) {
  EXPECT_EQ(ShownCode("#include <string>\n\nint x;\n"), "");
  EXPECT_EQ(ShownCode("#include <string>\n\nnamespace {\n\nint x;\n"), "");
  EXPECT_EQ(ShownCode("#include <string>\n\nnamespace {\n\n"
                      "Made<Snippet> MakeX() {\n"),
            "");
}

}  // namespace
}  // namespace toque
