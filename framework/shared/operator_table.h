// Calls of operators as a profiler sees them, summed up in a table.

#ifndef TOQUE_FRAMEWORK_SHARED_OPERATOR_TABLE_H_
#define TOQUE_FRAMEWORK_SHARED_OPERATOR_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace toque {

struct OperatorCall {
  std::string name;
  uint64_t thread = 0;
  int64_t begin = 0;  // nanoseconds
  int64_t end = 0;
};

struct OperatorTime {
  std::string name;
  int64_t calls = 0;
  int64_t own = 0;    // nanoseconds, without what it calls
  int64_t whole = 0;  // with it, and again where it calls itself
};

// By name, the most own time first. Calls of a thread lie one in another or one
// after another.
std::vector<OperatorTime> OperatorTimes(std::vector<OperatorCall> calls);

// Its first `rows` lines with a header, and the sum of all. Names are cut off
// after 60 characters.
std::string OperatorTable(std::vector<OperatorCall> calls, size_t rows);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_SHARED_OPERATOR_TABLE_H_
