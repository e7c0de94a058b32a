#include "framework/config/config.h"

#include <algorithm>
#include <compare>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "framework/config/field_hints.h"
#include "framework/config/text_file.h"
#include "framework/core/registry.h"
#include "google/protobuf/empty.pb.h"
#include "google/protobuf/io/tokenizer.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "google/protobuf/text_format.h"

namespace toque {
namespace {

using google::protobuf::Any;
using google::protobuf::Descriptor;
using google::protobuf::DynamicCastToGenerated;
using google::protobuf::Empty;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::TextFormat;
using google::protobuf::io::ArrayInputStream;
using google::protobuf::io::ErrorCollector;
using google::protobuf::io::Tokenizer;
using Tree = TextFormat::ParseInfoTree;

constexpr int kMaxDepth = 100;
constexpr std::string_view kTypePrefix = "type.googleapis.com/";

// Where something stands in the text: line and column from 0.
struct Place {
  int line;
  int column;
  auto operator<=>(const Place&) const = default;
};

// Whose text it is: "digits.textproto" or "--set", and what parts that from a
// place.
struct Source {
  std::string_view name;
  std::string_view separator;
};

// The tokens of a text, walked through once.
class Tokens {
 public:
  explicit Tokens(std::string_view text)
      : stream_(text.data(), static_cast<int>(text.size())),
        tokenizer_(&stream_, &silent_) {
    tokenizer_.set_comment_style(Tokenizer::SH_COMMENT_STYLE);
  }

  // The place of the token before the one at `place`, which must not decrease
  // from call to call.
  Place Before(Place place) {
    while (PlaceOf(tokenizer_.current()) < place && tokenizer_.Next()) {
    }
    return PlaceOf(tokenizer_.previous());
  }

 private:
  struct Silent : ErrorCollector {
    void AddError(int, int, const std::string&) override {}
  };
  static Place PlaceOf(const Tokenizer::Token& token) {
    return {token.line, token.column};
  }

  Silent silent_;
  ArrayInputStream stream_;
  Tokenizer tokenizer_;
};

// What is wrong with a text.
class Faults : public ErrorCollector {
 public:
  explicit Faults(std::string_view text) : tokens_(text) {}

  void Add(Place place, std::string_view text) {
    faults_.push_back({place, std::string(text)});
  }
  void Add(Place place, const absl::Status& status) {
    if (!status.ok()) Add(place, std::string(status.message()));
  }
  void AddError(int line, int column, const std::string& message) override {
    const bool is_bare_name = message == "Expected \"/\", found \"]\".";
    Add(Place{line, column},
        is_bare_name ? absl::StrCat("a plugin is written [", View(kTypePrefix),
                                    "NAME], with this prefix")
                     : message);
  }
  void AddWarning(int line, int column, const std::string& message) override;

  // All of them as one error, or OK.
  absl::Status Together(const Source& source);

 private:
  struct Fault {
    Place place;
    std::string text;
  };
  Tokens tokens_;
  std::vector<Fault> faults_;
};

// The parser warns of what it skips, and has read past the name by then.
void Faults::AddWarning(int line, int column, const std::string& message) {
  const std::vector<std::string> parts = absl::StrSplit(message, '"');
  // In the stand-in for an unknown plugin, no option is known.
  if (absl::StrContains(message, Empty::descriptor()->full_name())) return;
  const Place name = tokens_.Before({line, column});
  if (parts.size() == 5 && absl::StartsWith(message, "Message type ")) {
    Add(name, NoSuchField(parts[1], parts[3]));
  } else {
    Add(name, message);
  }
}

absl::Status Faults::Together(const Source& source) {
  std::stable_sort(
      faults_.begin(), faults_.end(),
      [](const Fault& a, const Fault& b) { return a.place < b.place; });
  std::vector<absl::Status> statuses;
  for (const auto& [place, text] : faults_) {
    statuses.push_back(absl::InvalidArgumentError(
        absl::StrCat(View(source.name), View(source.separator), place.line + 1,
                     ":", place.column + 1, ": ", text)));
  }
  return toque::Together(statuses);
}

// Stands in for the options of a plugin that isn't there, so that the parser
// goes on and finds further faults.
struct PluginFinder : TextFormat::Finder {
  const Descriptor* FindAnyType(const Message&, const std::string&,
                                const std::string& name) const override {
    const auto plugin = FindPlugin(name);
    return plugin.ok() ? (*plugin)->options() : Empty::descriptor();
  }
};

// Finds the faults of plugins in a message that was parsed.
class PluginCheck {
 public:
  PluginCheck(bool is_fragment, Faults* faults)
      : is_fragment_(is_fragment), faults_(*faults) {}

  void Check(const Message& message, const Tree& tree) {
    std::vector<const FieldDescriptor*> fields;
    message.GetReflection()->ListFields(message, &fields);
    for (const FieldDescriptor* field : fields) {
      if (IsForSetAlone(*field)) {
        faults_.Add(PlaceOf(tree, field, field->is_repeated() ? 0 : -1),
                    field->name() + " is for --set alone");
      }
      if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
      CheckField(message, field, tree);
    }
  }

 private:
  static bool IsOfExperiment(const FieldDescriptor& field) {
    return field.file() == Experiment::descriptor()->file();
  }
  bool IsForSetAlone(const FieldDescriptor& field) const {
    return !is_fragment_ && IsOfExperiment(field) &&
           (field.name() == "at" || field.name() == "remove");
  }

  // In `hook: [{...}, {...}]` only the first has a place.
  static Place PlaceOf(const Tree& tree, const FieldDescriptor* field,
                       int index) {
    auto location = tree.GetLocation(field, index);
    while (location.line < 0 && index > 0) {
      location = tree.GetLocation(field, --index);
    }
    return {location.line, location.column};
  }

  void CheckField(const Message& message, const FieldDescriptor* field,
                  const Tree& tree) {
    const auto* reflection = message.GetReflection();
    const bool repeated = field->is_repeated();
    const int count = repeated ? reflection->FieldSize(message, field) : 1;
    for (int i = 0; i < count; ++i) {
      const Message& part =
          repeated ? reflection->GetRepeatedMessage(message, field, i)
                   : reflection->GetMessage(message, field);
      const int index = repeated ? i : -1;
      const Tree& below = *tree.GetTreeForNested(field, index);
      if (const auto* any = DynamicCastToGenerated<Any>(&part)) {
        CheckPlugin(*any, *field, PlaceOf(tree, field, index), below);
      } else {
        Check(part, below);
      }
    }
  }

  void CheckPlugin(const Any& any, const FieldDescriptor& field, Place place,
                   const Tree& tree) {
    // A field of an experiment is named after the kind that it holds; what
    // kind an option of a plugin holds only that plugin knows.
    const auto plugin = IsOfExperiment(field)
                            ? FindPlugin(PluginName(any), field.name())
                            : FindPlugin(PluginName(any));
    const FieldDescriptor* bytes =
        Any::descriptor()->FindFieldByNumber(Any::kTypeUrlFieldNumber);
    if (any.type_url().empty() || tree.GetLocation(bytes, -1).line >= 0 ||
        !absl::StartsWith(any.type_url(), View(kTypePrefix))) {
      faults_.Add(place, field.name() + " must be a plugin, written [" +
                             std::string(kTypePrefix) + "NAME] { OPTIONS }");
    } else if (!plugin.ok()) {
      faults_.Add(place, plugin.status());
    } else if (const auto options = UnpackOptions(any); options.ok()) {
      Check(**options, tree);
    }
  }

  bool is_fragment_;
  Faults& faults_;
};

absl::StatusOr<Experiment> Parse(std::string_view text, const Source& source,
                                 bool is_fragment) {
  RETURN_IF_ERROR(AtPlace(CheckText(text), source.name));
  // Some editors begin a file with it.
  if (absl::StartsWith(View(text), "\xEF\xBB\xBF")) text.remove_prefix(3);
  Faults faults(text);
  const PluginFinder finder;
  Tree tree;
  TextFormat::Parser parser;
  parser.RecordErrorsTo(&faults);
  parser.SetFinder(&finder);
  parser.WriteLocationsTo(&tree);
  parser.AllowUnknownField(true);
  parser.AllowPartialMessage(true);
  parser.SetRecursionLimit(kMaxDepth);

  Experiment experiment;
  ArrayInputStream stream(text.data(), static_cast<int>(text.size()));
  if (parser.Parse(&stream, &experiment)) {
    PluginCheck(is_fragment, &faults).Check(experiment, tree);
  }
  RETURN_IF_ERROR(faults.Together(source));
  if (experiment.ByteSizeLong() == 0) {
    return AtPlace(absl::InvalidArgumentError("is empty"), source.name);
  }
  return experiment;
}

}  // namespace

absl::StatusOr<Experiment> ParseExperiment(std::string_view text,
                                           std::string_view file_name) {
  return Parse(text, {file_name, ":"}, false);
}

absl::StatusOr<Experiment> ParseFragment(std::string_view text) {
  return Parse(text, {"--set", " "}, true);
}

absl::StatusOr<Experiment> LoadExperiment(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string text, ReadTextFile(path));
  return ParseExperiment(text, path);
}

std::string ExperimentText(const Experiment& experiment) {
  TextFormat::Printer printer;
  printer.SetExpandAny(true);
  std::string text;
  printer.PrintToString(experiment, &text);
  return "# proto-file: framework/experiment.proto\n"
         "# proto-message: toque.Experiment\n" +
         text;
}

}  // namespace toque
