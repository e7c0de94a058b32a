// Plugins by name.
//
// A plugin is known by the full name of its options message (recipe.Shuffle).
// Its one source file ends with TOQUE_PLUGIN(MakeShuffle); where
//
//   Made<Sampler> MakeShuffle(const recipe::Shuffle& options);
//
// or, where it needs its surroundings, with (options, const Context&). Kind and
// options type are deduced from that signature. Factories check their options
// and open nothing.

#ifndef TOQUE_FRAMEWORK_CORE_REGISTRY_H_
#define TOQUE_FRAMEWORK_CORE_REGISTRY_H_

#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "absl/status/statusor.h"
#include "framework/core/context.h"
#include "framework/core/option_checks.h"
#include "framework/status.h"
#include "google/protobuf/any.pb.h"
#include "google/protobuf/message.h"

namespace toque {

// How a made plugin is held: a Model by shared_ptr, which LibTorch demands of
// modules, everything else by unique_ptr.
template <typename Kind>
struct HandleOf {
  using type = std::unique_ptr<Kind>;
};
class Model;
template <>
struct HandleOf<Model> {
  using type = std::shared_ptr<Model>;
};
template <typename Kind>
using Handle = typename HandleOf<Kind>::type;

// "loss": what Kind::kKind says. Model is known here without its header, which
// is dear to compile.
template <typename Kind>
constexpr std::string_view KindName() {
  return Kind::kKind;
}
template <>
constexpr std::string_view KindName<Model>() {
  return "model";
}

// What a factory returns: the plugin, or what is wrong with its options.
template <typename Kind>
using Made = absl::StatusOr<Handle<Kind>>;

// One registered plugin.
struct PluginEntry {
  std::string_view kind;  // "sampler"
  const google::protobuf::Descriptor* (*options)();
  // Makes the plugin into `*made`, which is a Made<Kind>*.
  std::function<void(const google::protobuf::Message& options,
                     const Context& context, void* made)>
      make;
  std::string_view folder;   // "plugins/samplers/shuffle"
  std::string_view example;  // options, as text, where {} won't do

  std::string name() const { return options()->full_name(); }
};

// All plugins of this program, by name.
std::vector<const PluginEntry*> AllPlugins();
std::vector<const PluginEntry*> AllPlugins(std::string_view kind);
// The plugin of that name, or an error that suggests the nearest name or says
// that the plugin stands in the tree but is not linked into this program.
absl::StatusOr<const PluginEntry*> FindPlugin(std::string_view name);
// As FindPlugin, and an error where it is of another kind.
absl::StatusOr<const PluginEntry*> FindPlugin(std::string_view name,
                                              std::string_view kind);

// The folders of all plugins of the tree, linked or not, for FindPlugin's
// error. Set by //tools:catalogue.
void SetCatalogue(std::vector<std::string> folders);
const std::vector<std::string>& Catalogue();

// The name of the plugin in `any`, without the prefix of its type URL.
std::string_view PluginName(const google::protobuf::Any& any);
// The options in `any` as a message of the plugin's type.
absl::StatusOr<std::unique_ptr<google::protobuf::Message>> UnpackOptions(
    const google::protobuf::Any& any);

// Makes the plugin that `any` asks for. An error names the place and plugin.
template <typename Kind>
Made<Kind> Build(const google::protobuf::Any& any, const Context& context);

// "a loss", "an optimizer".
std::string WithArticle(std::string_view kind);
// The word of `words` that is nearest to `word`, or "" when none is near.
std::string Nearest(std::string_view word,
                    const std::vector<std::string>& words);

// ---- Details of the templates above ----

bool Register(PluginEntry entry);
absl::Status BuildInto(const google::protobuf::Any& any, const Context& context,
                       std::string_view kind, void* made);
absl::Status AtPlugin(const absl::Status& status, const Context& context,
                      std::string_view name);

template <typename Kind>
Made<Kind> Build(const google::protobuf::Any& any, const Context& context) {
  Made<Kind> made = absl::UnknownError("the factory made nothing");
  RETURN_IF_ERROR(BuildInto(any, context, KindName<Kind>(), &made));
  if (!made.ok()) return AtPlugin(made.status(), context, PluginName(any));
  return made;
}

template <typename Held, typename Options, typename... Surroundings>
bool RegisterFactory(absl::StatusOr<Held> (*factory)(const Options&,
                                                     Surroundings...),
                     std::string_view folder, std::string_view example) {
  using Kind = typename Held::element_type;
  static_assert(std::is_same_v<Held, Handle<Kind>>,
                "a factory returns Made<Kind>");
  auto make = [factory](const google::protobuf::Message& options,
                        const Context& context, void* made) {
    const auto& typed = static_cast<const Options&>(options);
    auto& result = *static_cast<Made<Kind>*>(made);
    try {
      if constexpr (sizeof...(Surroundings) == 0) {
        result = factory(typed);
      } else {
        result = factory(typed, context);
      }
    } catch (const std::exception& error) {  // more memory than there is
      result = absl::ResourceExhaustedError(error.what());
    }
  };
  return Register(
      {KindName<Kind>(), &Options::descriptor, make, folder, example});
}

}  // namespace toque

#ifndef TOQUE_PLUGIN_FOLDER
#define TOQUE_PLUGIN_FOLDER ""
#endif
#ifndef TOQUE_PLUGIN_EXAMPLE
#define TOQUE_PLUGIN_EXAMPLE ""
#endif

// Registers the plugin that `factory` makes. Once a file, at its end. The stamp
// is what `--load` reads from a shared object before it is loaded.
#define TOQUE_PLUGIN(factory)                                              \
  [[maybe_unused]] const bool toque_registered = ::toque::RegisterFactory( \
      factory, TOQUE_PLUGIN_FOLDER, TOQUE_PLUGIN_EXAMPLE);                 \
  [[gnu::used, gnu::retain]] const char toque_stamp[] =                    \
      "toque-plugin:" TOQUE_ABI ":" TOQUE_PLUGIN_FOLDER

#define TOQUE_TEXT_INNER(x) #x
#define TOQUE_TEXT(x) TOQUE_TEXT_INNER(x)
// What must be equal between a program and a plugin that it loads.
#define TOQUE_ABI \
  "1/gcc" TOQUE_TEXT(__GNUC__) "/c++" TOQUE_TEXT(__cplusplus) "/torch2.11"

#endif  // TOQUE_FRAMEWORK_CORE_REGISTRY_H_
