// What a plugin's .proto says of it. Generated code lacks comments, so plugin()
// embeds the file they stand in (NAME_describe).

#ifndef TOQUE_FRAMEWORK_CORE_DESCRIBE_H_
#define TOQUE_FRAMEWORK_CORE_DESCRIBE_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace toque {

// A name and the comment beside it.
struct Described {
  std::string name;
  std::string comment;
};

struct OptionDescription : Described {  // "term.weight" inside a message
  std::string type;                     // "repeated double"
  std::string default_value;            // empty where there is none
  std::vector<Described> values;        // of an enum
};

struct PluginDescription : Described {
  std::vector<OptionDescription> options;

  // The comment's first sentence, on one line.
  std::string Summary() const;
};

// The plugin of that name; comments are empty where its .proto isn't linked in,
// and an error where the name is that of no message.
absl::StatusOr<PluginDescription> Describe(std::string_view name);

// Adds a FileDescriptorSet with source information, which must outlive the
// program's main. Before the first Describe. Returns true.
bool RegisterDescription(const char* data, size_t size);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_CORE_DESCRIBE_H_
