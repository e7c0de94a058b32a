#include "framework/config/overrides.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "framework/config/config.h"
#include "framework/core/registry.h"
#include "google/protobuf/any.pb.h"
#include "google/protobuf/message.h"

namespace toque {
namespace {

using google::protobuf::Any;
using google::protobuf::DynamicCastToGenerated;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using Plugins = google::protobuf::RepeatedPtrField<Any>;

absl::Status Merge(const Message& change, Message* into);

absl::Status MergePlugin(const Any& change, Any* into) {
  if (PluginName(change) != PluginName(*into)) {
    *into = change;
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const auto changed_options, UnpackOptions(change));
  ASSIGN_OR_RETURN(const auto options, UnpackOptions(*into));
  RETURN_IF_ERROR(Merge(*changed_options, options.get()));
  into->set_value(options->SerializePartialAsString());
  return absl::OkStatus();
}

// Sets what `change` sets, messages field by field, lists as a whole.
absl::Status Merge(const Message& change, Message* into) {
  if (const auto* plugin = DynamicCastToGenerated<Any>(&change)) {
    return MergePlugin(*plugin, DynamicCastToGenerated<Any>(into));
  }
  const auto* reflection = change.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection->ListFields(change, &fields);
  std::unique_ptr<Message> replacing(change.New());
  replacing->CopyFrom(change);
  for (const FieldDescriptor* field : fields) {
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE &&
        !field->is_repeated()) {
      RETURN_IF_ERROR(Merge(reflection->GetMessage(change, field),
                            reflection->MutableMessage(into, field)));
      reflection->ClearField(replacing.get(), field);
    } else {
      reflection->ClearField(into, field);
    }
  }
  into->MergeFrom(*replacing);
  return absl::OkStatus();
}

// A list of plugins, and what a fragment says about it.
struct List {
  std::string place;  // "train.transform"
  Plugins* change;
  Plugins* into;
};

std::vector<int> PlacesOf(std::string_view plugin, const Plugins& list) {
  std::vector<int> places;
  for (int i = 0; i < list.size(); ++i) {
    if (PluginName(list[i]) == plugin) places.push_back(i);
  }
  return places;
}

// Where the one plugin of that name stands that is meant; none when the list
// has none and `at` asks for none.
absl::StatusOr<std::optional<int>> Find(std::string_view plugin,
                                        const Plugins& list,
                                        std::optional<int> at) {
  const std::vector<int> places = PlacesOf(plugin, list);
  const int count = static_cast<int>(places.size());
  if (at.has_value() && (*at < 0 || *at >= count)) {
    return Invalid(absl::StrCat("at must be from 0 to below ", count,
                                ", the number of ", View(plugin)),
                   *at);
  }
  if (count == 0) return std::nullopt;
  if (count > 1 && !at.has_value()) {
    return Invalid(absl::StrCat(View(plugin), " stands here ", count,
                                " times; say which by at: N, from 0"));
  }
  return places[static_cast<size_t>(at.value_or(0))];
}

absl::Status MergeList(const Plugins& change, std::optional<int> at,
                       Plugins* into) {
  // Two new plugins of one type are both appended.
  const Plugins before = *into;
  for (const Any& plugin : change) {
    ASSIGN_OR_RETURN(const std::optional<int> place,
                     Find(PluginName(plugin), before, at));
    if (place.has_value()) {
      RETURN_IF_ERROR(MergePlugin(plugin, into->Mutable(*place)));
    } else {
      *into->Add() = plugin;
    }
  }
  return absl::OkStatus();
}

absl::Status NothingToRemove(std::string_view plugin,
                             const std::vector<List>& lists) {
  std::vector<std::string> names;
  for (const List& list : lists) {
    for (const Any& any : *list.into) names.emplace_back(PluginName(any));
  }
  const std::string nearest = Nearest(plugin, names);
  return absl::NotFoundError(absl::StrCat(
      "remove: ", View(plugin), " doesn't stand here",
      nearest.empty() ? "" : absl::StrCat("; did you mean ", nearest, "?")));
}

absl::Status Remove(std::string_view plugin, std::optional<int> at,
                    const std::vector<List>& lists) {
  for (const List& list : lists) {
    if (PlacesOf(plugin, *list.into).empty()) continue;
    ASSIGN_OR_RETURN(const std::optional<int> place,
                     Find(plugin, *list.into, at));
    list.into->erase(list.into->begin() + *place);
    return absl::OkStatus();
  }
  return NothingToRemove(plugin, lists);
}

// What the lists of an Experiment or a Section and its `remove` and `at` ask
// for, and takes them out of `change`.
template <typename Owner>
absl::Status TakeLists(std::string_view place, const std::vector<List>& lists,
                       Owner* change) {
  int count = change->remove_size();
  for (const List& list : lists) count += list.change->size();
  std::optional<int> at;
  if (change->has_at()) at = change->at();
  if (at.has_value() && count != 1) {
    return AtPlace(Invalid("at must stand beside one plugin", count), place);
  }
  for (const std::string& plugin : change->remove()) {
    RETURN_IF_ERROR(AtPlace(Remove(plugin, at, lists), place));
  }
  for (const List& list : lists) {
    RETURN_IF_ERROR(
        AtPlace(MergeList(*list.change, at, list.into), list.place));
    list.change->Clear();
  }
  change->clear_remove();
  change->clear_at();
  return absl::OkStatus();
}

absl::Status TakeSection(const std::string& place, Section* change,
                         Section* into) {
  const List transforms = {place + ".transform", change->mutable_transform(),
                           into->mutable_transform()};
  const List batch_transforms = {place + ".batch_transform",
                                 change->mutable_batch_transform(),
                                 into->mutable_batch_transform()};
  return TakeLists(place, {transforms, batch_transforms}, change);
}

ParamGroup* GroupOf(const std::string& name, Experiment* experiment) {
  for (ParamGroup& group : *experiment->mutable_param_group()) {
    if (group.name() == name) return &group;
  }
  return experiment->add_param_group();
}

absl::Status TakeParamGroups(Experiment* change, Experiment* into) {
  for (const ParamGroup& group : change->param_group()) {
    if (group.name().empty()) return Invalid("a param_group needs its name");
    RETURN_IF_ERROR(Merge(group, GroupOf(group.name(), into)));
  }
  change->clear_param_group();
  return absl::OkStatus();
}

// Empties `change` on the way.
absl::Status Apply(Experiment* change, Experiment* into) {
  const List hooks = {"hook", change->mutable_hook(), into->mutable_hook()};
  RETURN_IF_ERROR(TakeLists("", {hooks}, change));
  if (change->has_train()) {
    RETURN_IF_ERROR(
        TakeSection("train", change->mutable_train(), into->mutable_train()));
  }
  if (change->has_eval()) {
    RETURN_IF_ERROR(
        TakeSection("eval", change->mutable_eval(), into->mutable_eval()));
  }
  if (change->has_test()) {
    RETURN_IF_ERROR(
        TakeSection("test", change->mutable_test(), into->mutable_test()));
  }
  RETURN_IF_ERROR(TakeParamGroups(change, into));
  if (change->has_epochs()) into->clear_steps();
  if (change->has_steps()) into->clear_epochs();
  return Merge(*change, into);
}

}  // namespace

absl::Status ApplyOverride(std::string_view fragment, Experiment* experiment) {
  ASSIGN_OR_RETURN(Experiment change, ParseFragment(fragment));
  Experiment changed = *experiment;
  RETURN_IF_ERROR(AtPlace(Apply(&change, &changed), "--set"));
  *experiment = std::move(changed);
  return absl::OkStatus();
}

}  // namespace toque
