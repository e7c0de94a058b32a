#include "framework/shared/csv.h"

#include <cstdint>
#include <limits>

#include "framework/testing/testing.h"

namespace toque {
namespace {

using Limits = std::numeric_limits<double>;

TEST(CsvTextTest, PutsCellsIntoRows) {
  CsvText csv;
  csv.Row("step", "value");
  csv.Cell(int64_t{1} << 60);
  csv.Cell(2.5);
  csv.EndRow();
  EXPECT_EQ(csv.text(), "step,value\n1152921504606846976,2.5\n");
}

TEST(CsvTextTest, QuotesWhatWouldBeSeveralCells) {
  CsvText csv;
  csv.Row("dog, wild", "the \"other\"", "two\nlines", " plain ", "");
  EXPECT_EQ(csv.text(),
            "\"dog, wild\",\"the \"\"other\"\"\",\"two\nlines\", plain ,\n");
}

TEST(CsvTextTest, WritesNumbersThatReadBackAsTheSame) {
  CsvText csv;
  csv.Row(0.1, 1.0 / 3, 1e-7, 5e-324, 3.0);
  EXPECT_EQ(csv.text(), "0.1,0.3333333333333333,1e-07,5e-324,3\n");
}

TEST(CsvTextTest, NamesWhatIsNotFinite) {
  CsvText csv;
  csv.Row(-Limits::quiet_NaN(), Limits::infinity(), -Limits::infinity());
  EXPECT_EQ(csv.text(), "nan,inf,-inf\n");
}

}  // namespace
}  // namespace toque
