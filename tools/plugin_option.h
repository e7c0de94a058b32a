// Options that plugins have alike, found by name and type.

#ifndef TOQUE_TOOLS_PLUGIN_OPTION_H_
#define TOQUE_TOOLS_PLUGIN_OPTION_H_

#include "google/protobuf/message.h"

namespace toque {

// The option that holds one message of that type, or null.
inline const google::protobuf::FieldDescriptor* FindOption(
    const google::protobuf::Message& options, const char* name,
    const google::protobuf::Descriptor* type) {
  const auto* field = options.GetDescriptor()->FindFieldByName(name);
  const bool fits = field != nullptr && !field->is_repeated() &&
                    field->message_type() == type;
  return fits ? field : nullptr;
}

}  // namespace toque

#endif  // TOQUE_TOOLS_PLUGIN_OPTION_H_
