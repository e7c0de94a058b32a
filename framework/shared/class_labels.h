// Labels as the texts of data sets give them.

#ifndef TOQUE_FRAMEWORK_SHARED_CLASS_LABELS_H_
#define TOQUE_FRAMEWORK_SHARED_CLASS_LABELS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "framework/core/option_checks.h"
#include "framework/shared/class_folders.h"
#include "framework/status.h"

namespace toque {

// Without the spaces and tabs around it.
std::string_view Trimmed(std::string_view text);
// Cuts the last word off `line`, which has neither space nor tab at its end,
// and gives it; empty where there is one word. Words end at a tab if there is
// one, else at a space.
std::string_view TakeLastWord(std::string_view* line);

// Numbers from 0, or names of classes.
class ClassLabels {
 public:
  static constexpr int64_t kMostClasses = 1 << 30;

  ClassLabels() = default;
  // `classes` is 0 where the labels themselves tell how many there are; `names`
  // may be empty.
  static absl::StatusOr<ClassLabels> Of(int64_t classes,
                                        std::vector<std::string> names);

  // Names the classes by a text of lines "number name" as UCF101's
  // classInd.txt: the first is class 0. From then on labels are these numbers
  // or names.
  absl::Status ReadIndex(const std::string& path);

  // The class that `text` means.
  absl::StatusOr<int32_t> Parse(std::string_view text);
  // Whether it is the name, or by a text of ReadIndex the number, of a class.
  bool Knows(std::string_view text) const {
    return numbers_.contains(std::string(text));
  }

  int64_t classes() const { return classes_; }
  const std::vector<std::string>& names() const { return names_; }

 private:
  absl::Status AddLine(std::string_view line);

  int64_t classes_ = 0;
  bool counted_ = false;  // classes_ is as many as labels have told
  bool indexed_ = false;  // a number means what the index says
  std::vector<std::string> names_;
  std::unordered_map<std::string, int32_t> numbers_;  // of classes by name
};

// From options as those of recipe.ImageList: classes, class.
template <typename Options>
absl::StatusOr<ClassLabels> ClassLabelsOf(const Options& options) {
  return ClassLabels::Of(options.classes(),
                         {options.class_().begin(), options.class_().end()});
}

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_SHARED_CLASS_LABELS_H_
