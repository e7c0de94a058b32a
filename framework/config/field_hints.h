// What to say of a field that a message doesn't have.

#ifndef TOQUE_FRAMEWORK_CONFIG_FIELD_HINTS_H_
#define TOQUE_FRAMEWORK_CONFIG_FIELD_HINTS_H_

#include <string>

namespace toque {

// "toque.Section has no field "batch"; did you mean "batch_size"?": says where
// in an experiment a field of that name stands, or suggests similar ones, or
// lists the few that there are. `type` is a message's full name.
std::string NoSuchField(const std::string& type, const std::string& name);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_CONFIG_FIELD_HINTS_H_
