#include "framework/core/registry.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <numeric>
#include <utility>

#include "glog/logging.h"

namespace toque {
namespace {

using google::protobuf::Any;
using google::protobuf::Message;

std::vector<PluginEntry>& Registered() {
  static auto* entries = new std::vector<PluginEntry>;
  return *entries;
}

std::vector<std::string>& CatalogueFolders() {
  static auto* folders = new std::vector<std::string>;
  return *folders;
}

// Made at the first look-up, when every static registration is done; plugins
// from shared objects join later, so the map grows with the list.
const std::map<std::string, const PluginEntry*, std::less<>>& ByName() {
  static auto* by_name =
      new std::map<std::string, const PluginEntry*, std::less<>>;
  if (by_name->size() != Registered().size()) {
    by_name->clear();
    for (const PluginEntry& entry : Registered()) {
      CHECK(by_name->emplace(entry.name(), &entry).second)
          << "two plugins are called " << entry.name();
    }
  }
  return *by_name;
}

// "recipe.TsnSegments" and "plugins/samplers/tsn_segments" to "tsnsegments".
std::string Folded(std::string_view text) {
  text.remove_prefix(std::min(text.find_last_of("./") + 1, text.size()));
  std::string folded;
  for (const char c : text) {
    if (c != '_') folded += static_cast<char>(std::tolower(c));
  }
  return folded;
}

// Levenshtein's distance of two words.
size_t Distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (size_t i = 0; i < a.size(); ++i) {
    size_t diagonal = std::exchange(row[0], i + 1);
    for (size_t j = 0; j < b.size(); ++j) {
      const size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, diagonal + 1, row[j] + 1});
    }
  }
  return row.back();
}

absl::Status UnknownPlugin(std::string_view name) {
  std::vector<std::string> names;
  for (const auto& [known, entry] : ByName()) names.push_back(known);
  const std::string nearest = Nearest(name, names);
  // One that is linked in was spelled otherwise.
  const bool linked = Folded(nearest) == Folded(name);
  for (const std::string& folder : CatalogueFolders()) {
    if (linked || Folded(folder) != Folded(name)) continue;
    return absl::NotFoundError(absl::StrCat(
        "plugin ", View(name), " is not linked into this program; add \"//",
        folder, "\" to the plugins of its experiment() in BUILD"));
  }
  return absl::NotFoundError(absl::StrCat(
      "unknown plugin ", View(name),
      nearest.empty() ? "; //tools:plugins lists all"
                      : absl::StrCat("; did you mean ", nearest, "?")));
}

}  // namespace

bool Register(PluginEntry entry) {
  Registered().reserve(1024);  // entries are pointed to
  CHECK_LT(Registered().size(), Registered().capacity());
  Registered().push_back(std::move(entry));
  return true;
}

std::vector<const PluginEntry*> AllPlugins() {
  std::vector<const PluginEntry*> all;
  for (const auto& [name, entry] : ByName()) all.push_back(entry);
  return all;
}

std::vector<const PluginEntry*> AllPlugins(std::string_view kind) {
  std::vector<const PluginEntry*> all = AllPlugins();
  std::erase_if(all, [kind](const auto* entry) { return entry->kind != kind; });
  return all;
}

absl::StatusOr<const PluginEntry*> FindPlugin(std::string_view name) {
  const auto found = ByName().find(name);
  if (found == ByName().end()) return UnknownPlugin(name);
  return found->second;
}

absl::StatusOr<const PluginEntry*> FindPlugin(std::string_view name,
                                              std::string_view kind) {
  ASSIGN_OR_RETURN(const PluginEntry* entry, FindPlugin(name));
  if (entry->kind == kind) return entry;
  return absl::InvalidArgumentError(
      absl::StrCat(View(name), " is ", WithArticle(entry->kind), ", and ",
                   WithArticle(kind), " is needed here"));
}

void SetCatalogue(std::vector<std::string> folders) {
  CatalogueFolders() = std::move(folders);
}

const std::vector<std::string>& Catalogue() { return CatalogueFolders(); }

std::string_view PluginName(const Any& any) {
  std::string_view name = any.type_url();
  name.remove_prefix(std::min(name.rfind('/') + 1, name.size()));
  return name;
}

absl::StatusOr<std::unique_ptr<Message>> UnpackOptions(const Any& any) {
  ASSIGN_OR_RETURN(const PluginEntry* entry, FindPlugin(PluginName(any)));
  std::unique_ptr<Message> options(
      google::protobuf::MessageFactory::generated_factory()
          ->GetPrototype(entry->options())
          ->New());
  if (!options->ParsePartialFromString(any.value())) {
    return Invalid(
        absl::StrCat("the bytes of ", entry->name(), " must be its options"));
  }
  return options;
}

absl::Status BuildInto(const Any& any, const Context& context,
                       std::string_view kind, void* made) {
  if (any.type_url().empty()) {
    return AtPlace(Invalid(absl::StrCat("needs ", WithArticle(kind))),
                   context.place());
  }
  const auto entry = FindPlugin(PluginName(any), kind);
  if (!entry.ok()) return AtPlace(entry.status(), context.place());
  const auto options = UnpackOptions(any);
  if (!options.ok()) return AtPlace(options.status(), context.place());
  (*entry)->make(**options, context, made);
  return absl::OkStatus();
}

absl::Status AtPlugin(const absl::Status& status, const Context& context,
                      std::string_view name) {
  // A nested plugin has named a deeper place already.
  const std::string deeper = absl::StrCat(context.place(), ".");
  if (std::string_view(status.message().data(), status.message().size())
          .starts_with(deeper)) {
    return status;
  }
  return AtPlace(AtPlace(status, name), context.place());
}

std::string WithArticle(std::string_view kind) {
  const bool vowel =
      std::string_view("aeiou").find(kind.empty() ? 'x' : kind[0]) !=
      std::string_view::npos;
  return absl::StrCat(vowel ? "an " : "a ", View(kind));
}

std::string Nearest(std::string_view word,
                    const std::vector<std::string>& words) {
  std::string nearest;
  // A third of the letters may differ; beyond that a guess misleads.
  size_t best = Folded(word).size() / 3 + 1;
  for (const std::string& candidate : words) {
    const size_t distance = Distance(Folded(word), Folded(candidate));
    if (distance < best) {
      best = distance;
      nearest = candidate;
    }
  }
  return nearest;
}

}  // namespace toque
