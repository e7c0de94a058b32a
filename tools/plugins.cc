// Lists the plugins of the tree, and explains one.

#include <iomanip>
#include <iostream>
#include <map>

#include "absl/strings/ascii.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "framework/command/tool.h"
#include "framework/core/describe.h"
#include "framework/core/registry.h"
#include "gflags/gflags.h"

DEFINE_string(describe, "",
              "A plugin whose options are shown, with an example.");

namespace toque {
namespace {

constexpr char kUsage[] = R"(Lists all plugins by kind, or explains one.
)";

absl::Status List() {
  std::map<std::string_view, std::vector<std::string>> by_kind;
  size_t width = 0;
  for (const PluginEntry* entry : AllPlugins()) {
    by_kind[entry->kind].push_back(entry->name());
    width = std::max(width, entry->name().size());
  }
  for (const auto& [kind, names] : by_kind) {
    std::cout << kind << "\n";
    for (const std::string& name : names) {
      ASSIGN_OR_RETURN(const PluginDescription description, Describe(name));
      std::cout << "  " << std::left << std::setw(static_cast<int>(width + 2))
                << name << description.Summary() << "\n";
    }
  }
  return absl::OkStatus();
}

// Every line of `text` behind `indent`.
std::string Indented(const std::string& text, const std::string& indent) {
  std::string lines;
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    absl::StrAppend(&lines, line.empty() ? "" : indent, line, "\n");
  }
  return lines;
}

void Print(const OptionDescription& option) {
  std::cout << "\n  " << option.name << ": " << option.type;
  if (!option.default_value.empty()) {
    std::cout << " = " << option.default_value;
  }
  std::cout << "\n";
  if (!option.comment.empty()) {
    std::cout << Indented(option.comment, "      ");
  }
  for (const Described& value : option.values) {
    std::cout << "      " << value.name;
    if (!value.comment.empty()) {
      std::cout << ": " << absl::StrReplaceAll(value.comment, {{"\n", " "}});
    }
    std::cout << "\n";
  }
}

// The two lines that use the plugin.
void PrintUse(const PluginEntry& entry) {
  if (entry.kind == "snippet") {
    std::cout << "\nTo see it:\n  tools/bazel run //tools:cookbook -- "
              << entry.name() << "\n";
    return;
  }
  std::string options(entry.example);
  absl::RemoveExtraAsciiWhitespace(&options);
  options = options.empty() ? "{}" : "{ " + options + " }";
  std::cout << "\nIn an experiment:\n  " << entry.kind
            << " { [type.googleapis.com/" << entry.name() << "] " << options
            << " }\nand among the plugins of its BUILD call:\n  \"//"
            << entry.folder << "\",\n";
}

absl::Status Explain(const std::string& name) {
  ASSIGN_OR_RETURN(const PluginEntry* entry, FindPlugin(name));
  ASSIGN_OR_RETURN(const PluginDescription plugin, Describe(name));
  std::cout << name << " is " << WithArticle(entry->kind) << ".\n\n"
            << Indented(plugin.comment, "  ");
  if (!plugin.options.empty()) std::cout << "\nOptions:\n";
  for (const OptionDescription& option : plugin.options) Print(option);
  PrintUse(*entry);
  return absl::OkStatus();
}

absl::Status Main(const std::vector<std::string>& words) {
  RETURN_IF_ERROR(CheckNoWords(words));
  return FLAGS_describe.empty() ? List() : Explain(FLAGS_describe);
}

}  // namespace
}  // namespace toque

int main(int argc, char** argv) {
  return toque::ToolMain(toque::kUsage, argc, argv, toque::Main);
}
