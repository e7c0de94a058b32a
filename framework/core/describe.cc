#include "framework/core/describe.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_replace.h"
#include "framework/status.h"
#include "glog/logging.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/descriptor.pb.h"
#include "google/protobuf/descriptor_database.h"

namespace toque {
namespace {

namespace pb = google::protobuf;

std::vector<std::string_view>& Registered() {
  static auto* sets = new std::vector<std::string_view>;
  return *sets;
}

// The embedded files, and what they import from the generated code.
class Schema {
 public:
  Schema() {
    for (const std::string_view bytes : Registered()) {
      pb::FileDescriptorSet set;
      CHECK(set.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())));
      for (const auto& file : set.file()) embedded_.Add(file);
    }
  }
  const pb::Descriptor* Find(std::string_view name) {
    return pool_.FindMessageTypeByName(std::string(name));
  }

 private:
  pb::SimpleDescriptorDatabase embedded_;
  pb::DescriptorPoolDatabase generated_{*pb::DescriptorPool::generated_pool()};
  pb::MergedDescriptorDatabase both_{&embedded_, &generated_};
  pb::DescriptorPool pool_{&both_};
};

// The comment above or behind a declaration.
template <typename Declaration>
std::string CommentOf(const Declaration& declaration) {
  pb::SourceLocation place;
  if (!declaration.GetSourceLocation(&place)) return "";
  std::string text = place.leading_comments + place.trailing_comments;
  text = absl::StrReplaceAll(text, {{"\n ", "\n"}});
  absl::StripAsciiWhitespace(&text);
  return text;
}

std::string TypeOf(const pb::FieldDescriptor& field) {
  const std::string prefix = field.is_repeated() ? "repeated " : "";
  if (const auto* message = field.message_type()) {
    const bool any = message->full_name() == "google.protobuf.Any";
    return prefix + (any ? "plugin" : message->name());
  }
  if (const auto* values = field.enum_type()) return prefix + values->name();
  return prefix + field.type_name();
}

std::string DefaultOf(const pb::FieldDescriptor& field) {
  pb::FieldDescriptorProto schema;
  field.CopyTo(&schema);
  const bool quoted = field.type() == pb::FieldDescriptor::TYPE_STRING &&
                      field.has_default_value();
  return quoted ? absl::StrCat("\"", schema.default_value(), "\"")
                : schema.default_value();
}

// Adds the options of a message; those of a message in it by dotted names.
void AddOptions(const pb::Descriptor& message, const std::string& prefix,
                std::vector<OptionDescription>* options) {
  for (int i = 0; i < message.field_count(); ++i) {
    const pb::FieldDescriptor& field = *message.field(i);
    OptionDescription& option = options->emplace_back();
    option.name = prefix + field.name();
    option.comment = CommentOf(field);
    option.type = TypeOf(field);
    option.default_value = DefaultOf(field);
    if (const auto* type = field.enum_type()) {
      for (int v = 0; v < type->value_count(); ++v) {
        option.values.push_back(
            {type->value(v)->name(), CommentOf(*type->value(v))});
      }
    }
    const auto* inner = field.message_type();
    if (inner != nullptr && inner->containing_type() == &message) {
      AddOptions(*inner, prefix + field.name() + ".", options);
    }
  }
}

}  // namespace

std::string PluginDescription::Summary() const {
  size_t end = comment.find("\n\n");
  // A full stop ends the sentence where a capital follows: not in "et al. 2".
  for (size_t i = 0; i + 2 < std::min(end, comment.size()); ++i) {
    if (comment[i] == '.' && absl::ascii_isspace(comment[i + 1]) &&
        absl::ascii_isupper(comment[i + 2])) {
      end = i + 1;
      break;
    }
  }
  return absl::StrReplaceAll(comment.substr(0, end), {{"\n", " "}});
}

absl::StatusOr<PluginDescription> Describe(std::string_view name) {
  static auto* schema = new Schema;
  const pb::Descriptor* message = schema->Find(name);
  if (message == nullptr) {
    return absl::NotFoundError(
        absl::StrCat("no message is called ", View(name)));
  }
  PluginDescription plugin;
  plugin.name = message->full_name();
  plugin.comment = CommentOf(*message);
  AddOptions(*message, "", &plugin.options);
  return plugin;
}

bool RegisterDescription(const char* data, size_t size) {
  Registered().emplace_back(data, size);
  return true;
}

}  // namespace toque
