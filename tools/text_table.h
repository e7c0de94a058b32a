// Tables for a terminal.

#ifndef TOQUE_TOOLS_TEXT_TABLE_H_
#define TOQUE_TOOLS_TEXT_TABLE_H_

#include <string>
#include <utility>
#include <vector>

namespace toque {

// Columns as wide as they must be, the first to the left, the others to the
// right.
class TextTable {
 public:
  explicit TextTable(std::vector<std::string> header)
      : rows_{std::move(header)} {}

  // As many cells as the header has.
  void Add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  // Without its header.
  bool empty() const { return rows_.size() == 1; }
  // Its lines, each with its end.
  std::string Text() const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace toque

#endif  // TOQUE_TOOLS_TEXT_TABLE_H_
