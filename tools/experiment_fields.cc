#include "tools/experiment_fields.h"

#include <utility>
#include <vector>

#include "absl/strings/str_join.h"
#include "framework/core/registry.h"
#include "google/protobuf/any.pb.h"
#include "google/protobuf/text_format.h"

namespace toque {
namespace {

using google::protobuf::Any;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

class Fields {
 public:
  // The fields of `message`, each under `prefix` and its name.
  void Add(const Message& message, const std::string& prefix) {
    const auto* type = message.GetDescriptor();
    for (int i = 0; i < type->field_count(); ++i) {
      const FieldDescriptor* field = type->field(i);
      const std::string place = prefix + field->name();
      const bool nested = field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
      if (field->is_repeated()) {
        nested ? AddMessages(message, field, place)
               : AddValues(message, field, place);
      } else {
        nested ? AddMessage(message, field, place)
               : AddValue(message, field, place);
      }
    }
  }

  std::map<std::string, std::string> Take() { return std::move(values_); }

 private:
  static std::string ValueText(const Message& message,
                               const FieldDescriptor* field, int index) {
    std::string text;
    google::protobuf::TextFormat::PrintFieldValueToString(message, field, index,
                                                          &text);
    return text;
  }

  void AddValue(const Message& message, const FieldDescriptor* field,
                const std::string& place) {
    if (!field->has_default_value() &&
        !message.GetReflection()->HasField(message, field)) {
      return;
    }
    values_[place] = ValueText(message, field, -1);
  }

  void AddValues(const Message& message, const FieldDescriptor* field,
                 const std::string& place) {
    std::vector<std::string> values;
    const int size = message.GetReflection()->FieldSize(message, field);
    for (int i = 0; i < size; ++i) {
      values.push_back(ValueText(message, field, i));
    }
    values_[place] = absl::StrCat("[", absl::StrJoin(values, ", "), "]");
  }

  void AddMessage(const Message& message, const FieldDescriptor* field,
                  const std::string& place) {
    const auto* reflection = message.GetReflection();
    if (!reflection->HasField(message, field)) return;
    const Message& nested = reflection->GetMessage(message, field);
    const auto* plugin = google::protobuf::DynamicCastToGenerated<Any>(&nested);
    if (plugin == nullptr) return Add(nested, place + ".");
    values_[place] = std::string(PluginName(*plugin));
    AddOptions(*plugin, place);
  }

  void AddMessages(const Message& message, const FieldDescriptor* field,
                   const std::string& place) {
    std::vector<std::string> names;
    std::map<std::string, int> counts;
    const auto* reflection = message.GetReflection();
    for (int i = 0; i < reflection->FieldSize(message, field); ++i) {
      const Message& nested = reflection->GetRepeatedMessage(message, field, i);
      const auto* plugin =
          google::protobuf::DynamicCastToGenerated<Any>(&nested);
      if (plugin == nullptr) {
        Add(nested, absl::StrCat(place, "[", i, "]."));
        continue;
      }
      const std::string& name = names.emplace_back(PluginName(*plugin));
      const int before = counts[name]++;
      AddOptions(*plugin, absl::StrCat(place, ".", name,
                                       before == 0 ? "" : Bracketed(before)));
    }
    if (!names.empty()) values_[place] = absl::StrJoin(names, ", ");
  }

  static std::string Bracketed(int index) {
    return absl::StrCat("[", index, "]");
  }

  // Those of a plugin that isn't linked are unknown.
  void AddOptions(const Any& plugin, const std::string& place) {
    const auto options = UnpackOptions(plugin);
    if (options.ok()) Add(**options, place + ".");
  }

  std::map<std::string, std::string> values_;
};

}  // namespace

std::map<std::string, std::string> FieldsOf(const Experiment& experiment) {
  Fields fields;
  fields.Add(experiment, "");
  return fields.Take();
}

}  // namespace toque
