#include "tools/cookbook_page.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "framework/command/shown_code.h"
#include "framework/core/describe.h"
#include "framework/guarded.h"
#include "framework/shared/snippet_source.h"
#include "framework/status.h"

namespace toque {
namespace {

// "plugins/snippets/expand/expand.cc".
std::string SourceFile(std::string_view folder) {
  const std::string_view name = folder.substr(folder.rfind('/') + 1);
  return absl::StrCat(View(folder), "/", View(name), ".cc");
}

// The page without its traps, which a Markdown chapter lists.
std::string Output(const Page& page) {
  std::string text;
  for (const PagePart& part : page.parts()) {
    if (part.kind != PagePart::kTrap) absl::StrAppend(&text, PartText(part));
  }
  return text;
}

std::string Fenced(std::string_view language, std::string_view text) {
  return absl::StrCat("```", View(language), "\n", View(text), "```\n");
}

// `text` as code, whatever ticks it holds.
std::string Code(const std::string& text) {
  if (text.find('`') == text.npos) return absl::StrCat("`", text, "`");
  return absl::StrCat("`` ", text, " ``");
}

std::string Traps(const Page& page) {
  std::string list;
  for (const PagePart& part : page.parts()) {
    if (part.kind != PagePart::kTrap) continue;
    absl::StrAppend(&list, "- ", part.text, ":\n  ", Code(part.shown), "\n");
  }
  return list.empty() ? "" : absl::StrCat("\nTraps:\n\n", list);
}

}  // namespace

absl::StatusOr<ShownSnippet> RunSnippet(const std::string& name) {
  google::protobuf::Any any;
  any.set_type_url("type.googleapis.com/" + name);
  ASSIGN_OR_RETURN(const auto snippet, Build<Snippet>(any, Context()));
  ASSIGN_OR_RETURN(const PluginEntry* entry, FindPlugin(name));
  ASSIGN_OR_RETURN(const PluginDescription description, Describe(name));
  ShownSnippet shown{name,
                     description.comment,
                     SourceFile(entry->folder),
                     ShownCode(SnippetSource(entry->folder)),
                     {}};
  RETURN_IF_ERROR(AtPlace(Guarded([&] {
                            snippet->Show(shown.page);
                            return absl::OkStatus();
                          }),
                          name));
  return shown;
}

std::string TerminalText(const ShownSnippet& snippet) {
  std::string text = absl::StrCat(snippet.name, "\n\n", snippet.about, "\n\n");
  if (!snippet.code.empty()) {
    absl::StrAppend(&text, "---- ", snippet.file, "\n", snippet.code, "\n");
  }
  return absl::StrCat(text, "---- prints\n", snippet.page.Text());
}

std::string MarkdownChapter(const ShownSnippet& snippet) {
  return absl::StrCat("## ", snippet.name, "\n\n", snippet.about, "\n\n",
                      Fenced("cpp", snippet.code), "\nprints\n\n",
                      Fenced("text", Output(snippet.page)), Traps(snippet.page),
                      "\nSource: [", snippet.file, "](../../", snippet.file,
                      ")\n");
}

std::string MarkdownPage(std::string_view section,
                         const std::vector<ShownSnippet>& snippets) {
  std::string page = absl::StrCat(
      "# ", View(section),
      "\n\nSnippets of the [cookbook](../cookbook.md): what each is for, its "
      "code, what\nit printed, and the traps. Written by\n`tools/bazel run "
      "//tools:cookbook -- --markdown=docs/cookbook`; change the\nsnippets, "
      "not this page.\n");
  for (const ShownSnippet& snippet : snippets) {
    absl::StrAppend(&page, "\n", MarkdownChapter(snippet));
  }
  return page;
}

std::string MarkdownFile(std::string_view section) {
  std::string file;
  for (const char c : section) {
    file += absl::ascii_isalnum(c) ? absl::ascii_tolower(c) : '_';
  }
  return absl::StrCat(file, ".md");
}

}  // namespace toque
