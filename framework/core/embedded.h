// Files that experiment() puts into a program.

#ifndef TOQUE_FRAMEWORK_CORE_EMBEDDED_H_
#define TOQUE_FRAMEWORK_CORE_EMBEDDED_H_

#include <string_view>

namespace toque {

struct EmbeddedFile {
  std::string_view name;  // "digits_convnet.textproto"
  std::string_view text;
};

// The experiment of this program; defined by experiment().
EmbeddedFile EmbeddedExperiment();
// The golden run that its test compares with.
EmbeddedFile EmbeddedGolden();

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_CORE_EMBEDDED_H_
