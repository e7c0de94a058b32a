// The cookbook on the command line: what serves each recipe, and the snippets,
// which show and check themselves.

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <set>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "framework/command/flags.h"
#include "framework/command/plugin_file.h"
#include "framework/command/tool.h"
#include "framework/core/describe.h"
#include "framework/core/embedded.h"
#include "framework/core/snippet.h"
#include "gflags/gflags.h"
#include "tools/cookbook_index.h"
#include "tools/cookbook_page.h"
#include "tools/cookbook_search.h"

DEFINE_bool(all, false, "Runs every snippet, and says which claim fails.");
DEFINE_string(markdown, "",
              "Writes a page for each section that has snippets into this "
              "folder.");
DEFINE_string(load, "",
              "Shared objects of further plugins, separated by commas.");

namespace toque {

EmbeddedFile EmbeddedCookbook();

namespace {

constexpr char kUsage[] = R"(Lists the cookbook, or shows what is asked for:

  cookbook snippet.Expand    a snippet: its code, what it prints, its traps
  cookbook R11               a recipe by number: what serves it
  cookbook one hot           recipes by words, yours or those of PyTorch
)";

// Snippets that no recipe names come under this section.
constexpr std::string_view kFurther = "Further snippets";

std::vector<std::string> SnippetNames() {
  std::vector<std::string> names;
  for (const PluginEntry* entry : AllPlugins(Snippet::kKind)) {
    names.push_back(entry->name());
  }
  return names;
}

void PrintRows(const std::vector<const Recipe*>& recipes) {
  size_t width = 0;
  for (const Recipe* recipe : recipes) {
    width = std::max(width, recipe->title.size());
  }
  std::string section;
  for (const Recipe* recipe : recipes) {
    if (recipe->section != section) std::cout << recipe->section << "\n";
    section = recipe->section;
    std::cout << absl::StreamFormat("  %-3s  %-*s  %s\n", recipe->number,
                                    static_cast<int>(width), recipe->title,
                                    ServedInShort(*recipe));
  }
}

absl::Status ShowSnippet(const std::string& name) {
  ASSIGN_OR_RETURN(const ShownSnippet shown, RunSnippet(name));
  std::cout << TerminalText(shown) << "\n";
  return AtPlace(shown.page.fault(), name);
}

// What to run: the explanation of each plugin, the recipe's own commands, and
// the explanation of each tool.
std::string Commands(const Recipe& recipe) {
  std::string commands;
  for (const std::string& plugin : recipe.plugins) {
    if (plugin.starts_with("snippet.")) continue;
    absl::StrAppend(&commands,
                    "tools/bazel run //tools:plugins -- --describe=", plugin,
                    "\n");
  }
  for (const std::string& command : recipe.commands) {
    absl::StrAppend(&commands, command, "\n");
  }
  for (const std::string& tool : recipe.tools) {
    absl::StrAppend(&commands, "tools/bazel run ", tool, " -- --help\n");
  }
  return commands.empty() ? "" : absl::StrCat("\n", commands);
}

// The row of the recipe, what its snippets show, and its commands.
absl::Status ShowRecipe(const Recipe& recipe) {
  const std::string served = PlainText(recipe.served_by);
  if (recipe.number.empty()) {
    std::cout << recipe.title << "\n" << Wrapped(served, "  ");
  } else {
    std::cout << recipe.number << " " << recipe.title << "\n";
    if (!recipe.in_python.empty()) {
      std::cout << Wrapped("in Python: " + PlainText(recipe.in_python), "  ");
    }
    std::cout << Wrapped("served by: " + served, "  ");
  }
  std::vector<absl::Status> faults;
  for (const std::string& snippet : recipe.Snippets()) {
    std::cout << "\n";
    faults.push_back(ShowSnippet(snippet));
  }
  std::cout << Commands(recipe);
  return Together(faults);
}

// What the plugins of a recipe say of themselves, to be searched.
std::string AboutPlugins(const Recipe& recipe) {
  std::string about;
  for (const std::string& plugin : recipe.plugins) {
    const auto description = Describe(plugin);
    if (description.ok()) absl::StrAppend(&about, description->comment, "\n");
  }
  return about;
}

absl::Status NothingAbout(const std::vector<Recipe>& recipes,
                          const std::string& query) {
  std::vector<std::string> known = SnippetNames();
  for (const Recipe& recipe : recipes) {
    known.insert(known.end(), recipe.plugins.begin(), recipe.plugins.end());
    for (const auto word : absl::StrSplit(recipe.title, ' ')) {
      if (word.size() > 3) known.emplace_back(word);
    }
  }
  const std::string nearest = Nearest(query, known);
  return absl::NotFoundError(absl::StrCat(
      "nothing in the cookbook is about \"", query, "\"",
      nearest.empty() ? "; without words all of it is listed"
                      : absl::StrCat("; did you mean ", nearest, "?")));
}

absl::Status ShowWhatIsAbout(const std::vector<Recipe>& recipes,
                             const std::string& query) {
  std::vector<std::string> about;
  for (const Recipe& recipe : recipes) about.push_back(AboutPlugins(recipe));
  const auto found = FindRecipes(recipes, about, query);
  if (found.empty()) return NothingAbout(recipes, query);
  if (found.size() == 1) return ShowRecipe(*found[0]);
  PrintRows(found);
  const Recipe& first = *found[0];
  std::cout << "\ntools/bazel run //tools:cookbook -- "
            << (first.number.empty() ? first.title : first.number)
            << " shows one of them whole\n";
  return absl::OkStatus();
}

// A snippet or a recipe that one word names; nothing where it names neither.
std::function<absl::Status()> Named(const std::vector<Recipe>& recipes,
                                    const std::string& word) {
  for (const std::string& name : SnippetNames()) {
    if (NamesPlugin(word, name)) return [name] { return ShowSnippet(name); };
  }
  for (const Recipe& recipe : recipes) {
    if (IsNumberOf(word, recipe))
      return [&recipe] { return ShowRecipe(recipe); };
  }
  return nullptr;
}

// Each word by itself where all are names, else all of them as one question.
absl::Status ShowAsked(const std::vector<Recipe>& recipes,
                       const std::vector<std::string>& words) {
  std::vector<std::function<absl::Status()>> named;
  for (const std::string& word : words) {
    named.push_back(Named(recipes, word));
    if (named.back() == nullptr) {
      return ShowWhatIsAbout(recipes, absl::StrJoin(words, " "));
    }
  }
  std::vector<absl::Status> faults;
  for (const auto& show : named) faults.push_back(show());
  return Together(faults);
}

// All of them, also those after a fault.
absl::Status RunAll() {
  const auto begin = std::chrono::steady_clock::now();
  std::vector<absl::Status> faults;
  for (const std::string& name : SnippetNames()) {
    const auto shown = RunSnippet(name);
    faults.push_back(shown.ok() ? AtPlace(shown->page.fault(), name)
                                : shown.status());
    std::cout << name << ": " << (faults.back().ok() ? "ok" : "FAILS")
              << std::endl;
  }
  const std::chrono::duration<double> taken =
      std::chrono::steady_clock::now() - begin;
  std::cerr << absl::StreamFormat("%d snippets in %.1f s\n", faults.size(),
                                  taken.count());
  return Together(faults);
}

struct Section {
  std::string title;
  std::vector<std::string> snippets;
};

// Every snippet once, in the section that names it first.
std::vector<Section> SnippetsBySection(const std::vector<Recipe>& recipes) {
  std::vector<Section> sections;
  std::set<std::string> placed;
  const auto place = [&](std::string_view section, const std::string& snippet) {
    if (!placed.insert(snippet).second) return;
    if (sections.empty() || sections.back().title != section) {
      sections.push_back({std::string(section), {}});
    }
    sections.back().snippets.push_back(snippet);
  };
  for (const Recipe& recipe : recipes) {
    for (const auto& name : recipe.Snippets()) place(recipe.section, name);
  }
  for (const std::string& name : SnippetNames()) place(kFurther, name);
  return sections;
}

// The same pages on every machine: GPUs are hidden.
absl::Status WritePages(const std::vector<Recipe>& recipes,
                        const std::filesystem::path& folder) {
  setenv("CUDA_VISIBLE_DEVICES", "", /*overwrite=*/1);
  std::filesystem::create_directories(folder);
  for (const Section& section : SnippetsBySection(recipes)) {
    std::vector<ShownSnippet> shown;
    for (const std::string& name : section.snippets) {
      ASSIGN_OR_RETURN(shown.emplace_back(), RunSnippet(name));
      RETURN_IF_ERROR(AtPlace(shown.back().page.fault(), name));
    }
    const auto path = folder / MarkdownFile(section.title);
    std::ofstream file(path);
    file << MarkdownPage(section.title, shown) << std::flush;
    if (!file) return absl::UnavailableError(path.string() + ": can't write");
  }
  return absl::OkStatus();
}

absl::Status Main(const std::vector<std::string>& words) {
  for (const auto path : absl::StrSplit(FLAGS_load, ',', absl::SkipEmpty())) {
    RETURN_IF_ERROR(LoadPlugin(UserPath(std::string(path))));
  }
  const std::vector<Recipe> recipes = ParseCookbook(EmbeddedCookbook().text);
  if (FLAGS_all) return RunAll();
  if (!FLAGS_markdown.empty()) {
    return WritePages(recipes, UserPath(FLAGS_markdown));
  }
  if (!words.empty()) return ShowAsked(recipes, words);
  std::vector<const Recipe*> all;
  for (const Recipe& recipe : recipes) all.push_back(&recipe);
  PrintRows(all);
  return absl::OkStatus();
}

}  // namespace
}  // namespace toque

int main(int argc, char** argv) {
  return toque::ToolMain(toque::kUsage, argc, argv, toque::Main);
}
