// Names with a number in them, as "img_%05d.jpg".

#ifndef TOQUE_FRAMEWORK_SHARED_NUMBERED_NAME_H_
#define TOQUE_FRAMEWORK_SHARED_NUMBERED_NAME_H_

#include <cstdint>
#include <string>

#include "framework/status.h"

namespace toque {

class NumberedName {
 public:
  // From a text with one %d, or %05d for a number of at least five digits.
  // Errors begin with the name of the option.
  static absl::StatusOr<NumberedName> Parse(std::string_view option,
                                            std::string_view text);

  // `number` must not be negative.
  std::string Of(int64_t number) const;

 private:
  std::string before_;
  size_t digits_ = 0;  // at least
  std::string after_;
};

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_SHARED_NUMBERED_NAME_H_
