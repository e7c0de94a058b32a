#include "framework/core/dtype.h"

#include "absl/strings/ascii.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

struct Row {
  const char* name;
  at::ScalarType type;
};

class DTypeTest : public testing::TestWithParam<Row> {};
INSTANTIATE_TEST_SUITE_P(
    TableOfTypes, DTypeTest,
    testing::Values(Row{"float32", at::kFloat}, Row{"float64", at::kDouble},
                    Row{"float16", at::kHalf}, Row{"bfloat16", at::kBFloat16},
                    Row{"uint8", at::kByte}, Row{"int8", at::kChar},
                    Row{"int16", at::kShort}, Row{"int32", at::kInt},
                    Row{"int64", at::kLong}, Row{"bool", at::kBool},
                    Row{"complex64", at::kComplexFloat}),
    [](const auto& info) { return std::string(info.param.name); });

TEST_P(DTypeTest, HasItsNameBothWays) {
  EXPECT_EQ(DTypeName(GetParam().type), GetParam().name);
  const absl::StatusOr<at::ScalarType> parsed = ParseDType(GetParam().name);
  ASSERT_OK(parsed);
  EXPECT_EQ(*parsed, GetParam().type);
}

TEST(DTypeNamesTest, OtherNamesOfPythonAreKnown) {
  for (const auto& [name, type] :
       {Row{"float", at::kFloat}, Row{"double", at::kDouble},
        Row{"half", at::kHalf}, Row{"short", at::kShort}, Row{"int", at::kInt},
        Row{"long", at::kLong}}) {
    const absl::StatusOr<at::ScalarType> parsed = ParseDType(name);
    ASSERT_OK(parsed);
    EXPECT_EQ(*parsed, type) << name;
  }
}

TEST(DTypeNamesTest, AnUnknownNameIsAnErrorThatSuggestsAnother) {
  EXPECT_THAT(ParseDType("flaot64"),
              FailsWith("must be the name of an element type, such as float32, "
                        "got \"flaot64\"; did you mean float64?"));
  EXPECT_THAT(ParseDType(""), FailsWith("got \"\""));
  EXPECT_THAT(ParseDType("Float"), FailsWith("did you mean float?"));
  EXPECT_THAT(ParseDType("a very long word of no sense"),
              testing::Not(FailsWith("did you mean")));
}

TEST(DTypeNamesTest, OptionsHaveTheSameNamesInCapitals) {
  for (int number = 0; number < DType_ARRAYSIZE; ++number) {
    const auto type = static_cast<DType>(number);
    EXPECT_EQ(DTypeName(ScalarTypeOf(type)),
              absl::AsciiStrToLower(DType_Name(type)));
  }
}

TEST(DTypeNamesTest, NoTypeIsUndefined) {
  EXPECT_EQ(DTypeName(at::ScalarType::Undefined), "undefined");
}

}  // namespace
}  // namespace toque
