#include "framework/archive/pickle_reader.h"

#include "absl/strings/escaping.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

using Kind = PickleValue::Kind;

// A value as Python prints it.
std::string Text(const PickleValue& value) {
  std::string text;
  switch (value.kind) {
    case Kind::kNone:
      return "None";
    case Kind::kBool:
      return value.integer != 0 ? "True" : "False";
    case Kind::kInteger:
      return absl::StrCat(value.integer);
    case Kind::kFloat:
      return absl::StrCat(value.number);
    case Kind::kText:
      return absl::StrCat("'", View(value.text), "'");
    case Kind::kBytes:
      return absl::StrCat("b'", absl::CHexEscape(View(value.text)), "'");
    case Kind::kSequence:
    case Kind::kDict:
      for (const PickleValue* item : value.items) {
        absl::StrAppend(&text, text.empty() ? "" : ", ", Text(*item));
      }
      return value.Is(Kind::kDict) ? "{" + text + "}" : "[" + text + "]";
    default:
      return "?";
  }
}

absl::StatusOr<std::string> Read(const std::string& bytes) {
  PickleReader reader(bytes);
  ASSIGN_OR_RETURN(const PickleValue* value, reader.Next());
  return Text(*value);
}

// pickle.dumps([None, True, 7, -7, 300, 2**40, -2**40, 0.5, "a", (1, 2),
// {"k": [1]}], protocol) of Python 3.11, in hex.
constexpr char kText[] =
    "[None, True, 7, -7, 300, 1099511627776, -1099511627776, 0.5, 'a', "
    "[1, 2], {'k', [1]}]";
constexpr const char* kPickles[] = {
    "286c70300a4e614930310a6149370a61492d370a61493330300a614c31303939353131"
    "3632373737364c0a614c2d313039393531313632373737364c0a6146302e350a615661"
    "0a70310a612849310a49320a7470320a61286470330a566b0a70340a286c70350a4931"
    "0a6173612e",
    "5d7100284e4930310a4b074af9ffffff4d2c014c313039393531313632373737364c0a"
    "4c2d313039393531313632373737364c0a473fe0000000000000580100000061710128"
    "4b014b027471027d710358010000006b71045d71054b016173652e",
    "80025d7100284e884b074af9ffffff4d2c018a060000000000018a060000000000ff47"
    "3fe000000000000058010000006171014b014b028671027d710358010000006b71045d"
    "71054b016173652e",
    "80035d7100284e884b074af9ffffff4d2c018a060000000000018a060000000000ff47"
    "3fe000000000000058010000006171014b014b028671027d710358010000006b71045d"
    "71054b016173652e",
    "80049540000000000000005d94284e884b074af9ffffff4d2c018a060000000000018a"
    "060000000000ff473fe00000000000008c0161944b014b0286947d948c016b945d944b"
    "016173652e",
    "80059540000000000000005d94284e884b074af9ffffff4d2c018a060000000000018a"
    "060000000000ff473fe00000000000008c0161944b014b0286947d948c016b945d944b"
    "016173652e",
};

TEST(PickleReaderTest, ReadsEveryProtocolOfPython) {
  for (const char* hex : kPickles) {
    const auto text = Read(absl::HexStringToBytes(hex));
    ASSERT_OK(text) << hex;
    EXPECT_EQ(*text, kText) << hex;
  }
}

TEST(PickleReaderTest, ReadsOnePickleAfterTheOther) {
  const std::string bytes = "K\1.K\2.rest";
  PickleReader reader(bytes);
  EXPECT_EQ(Text(**reader.Next()), "1");
  EXPECT_EQ(Text(**reader.Next()), "2");
  EXPECT_EQ(reader.position(), 6u);
}

TEST(PickleReaderTest, NamesWhatItRefusesToCall) {
  for (const char* bytes :
       {"cos\nsystem\n(S'id'\ntR.", "(S'id'\nios\nsystem\n.",
        "\x80\4\x8c\2os\x8c\6system\x93."}) {
    EXPECT_THAT(Read(bytes), FailsWith("must hold tensors and containers "
                                       "alone, got \"os.system\"; nothing in "
                                       "it was executed"))
        << bytes;
  }
  EXPECT_THAT(Read("ctorch\n\n."), FailsWith("got \"torch.\""));
  EXPECT_THAT(Read("ctorch\nqint8\n."),
              FailsWith("a tensor must be of a type that this program reads, "
                        "got qint8"));
  EXPECT_OK(Read("ctorch\nfloat8_e8m0fnu\n."));
  EXPECT_THAT(Read("c" + std::string(9000, '\x1b') + "\nx\n."),
              FailsWith("\\x1b...."));
  // What may be named may not be called for anything else.
  EXPECT_THAT(Read("ctorch\nFloatStorage\n)R."),
              FailsWith("it calls what can't be called"));
  EXPECT_THAT(Read("K\1)R."), FailsWith("it calls what can't be called"));
  EXPECT_THAT(Read("ctorch.serialization\nload\n."),
              FailsWith("serialization"));
}

TEST(PickleReaderTest, RefusesWhatIsNoPickle) {
  for (const char* bytes : {"",
                            ".",
                            "K",
                            "a.",
                            "K\1a.",
                            "]K\1u.",
                            "(K\1u.",
                            "h\1.",
                            "K\1K\2.",
                            "(K\1.",
                            "R.",
                            "Q.",
                            "K\1Q.",
                            "b.",
                            "\x80\6N.",
                            "\x85.",
                            "S'a\n.",
                            "Ix\n.",
                            "I1\n",
                            "T\xff\xff\xff\x7f"
                            "a.",
                            "\x82\1."}) {
    EXPECT_THAT(Read(bytes), testing::Not(IsOk())) << absl::CHexEscape(bytes);
  }
}

TEST(PickleReaderTest, BoundsItsValues) {
  EXPECT_THAT(Read(std::string(2'100'000, ')') + "."),
              FailsWith("at most 2000000 values"));
  EXPECT_THAT(Read(std::string(2'100'000, '(') + "."),
              FailsWith("at most 2000000 values"));
  EXPECT_THAT(Read("N" + std::string(2'100'000, '2') + "."),
              FailsWith("at most 2000000 values"));
  // A list of 100,000 that is copied a thousand times.
  std::string copies = "(" + std::string(100'000, 'N') + "lq\1";
  for (int i = 0; i < 1000; ++i) copies += "cbuiltins\nlist\n(h\1tR";
  EXPECT_THAT(Read(copies + "."), FailsWith("at most 2000000 values"));
}

}  // namespace
}  // namespace toque
