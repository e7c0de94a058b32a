// Shows the snippets: tensor recipes that check what they claim.

#include <iomanip>
#include <iostream>

#include "framework/command/tool.h"
#include "framework/core/describe.h"
#include "framework/core/snippet.h"
#include "framework/guarded.h"
#include "gflags/gflags.h"

DEFINE_bool(all, false, "Runs every snippet.");

namespace toque {
namespace {

constexpr char kUsage[] = R"(Lists the snippets, or runs those that are named:
cookbook snippet.Expand. The exit status is 1 when a claim does not hold.
)";

std::vector<std::string> Names() {
  std::vector<std::string> names;
  for (const PluginEntry* entry : AllPlugins(Snippet::kKind)) {
    names.push_back(entry->name());
  }
  return names;
}

absl::Status List() {
  for (const std::string& name : Names()) {
    ASSIGN_OR_RETURN(const PluginDescription description, Describe(name));
    std::cout << std::left << std::setw(28) << name << " "
              << description.Summary() << "\n";
  }
  return absl::OkStatus();
}

absl::Status Show(const std::string& name) {
  google::protobuf::Any any;
  any.set_type_url("type.googleapis.com/" + name);
  ASSIGN_OR_RETURN(const auto snippet, Build<Snippet>(any, Context()));
  ASSIGN_OR_RETURN(const PluginDescription description, Describe(name));
  std::cout << name << ": " << description.Summary() << "\n\n";
  RETURN_IF_ERROR(AtPlace(snippet->Show(std::cout), name));
  std::cout << "\nok\n\n";
  return absl::OkStatus();
}

// Shows all of them, also those after a fault.
absl::Status ShowAll(const std::vector<std::string>& names) {
  std::vector<absl::Status> faults;
  for (const std::string& name : names) {
    absl::Status status = Guarded([&name] { return Show(name); });
    if (!status.ok()) faults.push_back(std::move(status));
  }
  return Together(faults);
}

absl::Status Main(const std::vector<std::string>& words) {
  if (FLAGS_all) return ShowAll(Names());
  return words.empty() ? List() : ShowAll(words);
}

}  // namespace
}  // namespace toque

int main(int argc, char** argv) {
  return toque::ToolMain(toque::kUsage, argc, argv, toque::Main);
}
