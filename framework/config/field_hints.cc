#include "framework/config/field_hints.h"

#include <algorithm>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_join.h"
#include "framework/core/registry.h"
#include "framework/experiment.pb.h"

namespace toque {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using Names = std::vector<std::string>;

Names FieldsOf(const Descriptor& message) {
  Names names;
  for (int i = 0; i < message.field_count(); ++i) {
    names.push_back(message.field(i)->name());
  }
  return names;
}

// Where in an experiment a field of that name stands: "train", "eval", "test"
// of "batch_size".
Names HomesOf(const std::string& name) {
  const Descriptor& experiment = *Experiment::descriptor();
  if (experiment.FindFieldByName(name) != nullptr) {
    return {"the experiment itself"};
  }
  Names homes;
  for (int i = 0; i < experiment.field_count(); ++i) {
    const Descriptor* part = experiment.field(i)->message_type();
    if (part != nullptr && part->file() == experiment.file() &&
        part->FindFieldByName(name) != nullptr) {
      homes.push_back(experiment.field(i)->name());
    }
  }
  return homes;
}

// Of "batch": "batch_size".
Names ThatShareAWord(const std::string& name, const Names& known) {
  Names found;
  for (const std::string& other : known) {
    if (std::min(name.size(), other.size()) >= 3 &&
        (absl::StrContains(name, other) || absl::StrContains(other, name))) {
      found.push_back(other);
    }
  }
  return found;
}

// What may have been meant, or "".
std::string HintFor(const Descriptor& message, const std::string& name) {
  constexpr size_t kFew = 12;
  if (message.file() == Experiment::descriptor()->file()) {
    const Names homes = HomesOf(name);
    if (!homes.empty()) {
      return absl::StrCat("it is a field of ", absl::StrJoin(homes, ", "));
    }
  }
  const Names known = FieldsOf(message);
  Names meant = {Nearest(name, known)};
  if (meant[0].empty()) meant = ThatShareAWord(name, known);
  if (!meant.empty()) {
    return absl::StrCat("did you mean \"", absl::StrJoin(meant, "\" or \""),
                        "\"?");
  }
  if (known.empty() || known.size() > kFew) return "";
  return absl::StrCat("its fields are ", absl::StrJoin(known, ", "));
}

}  // namespace

std::string NoSuchField(const std::string& type, const std::string& name) {
  const Descriptor* message =
      DescriptorPool::generated_pool()->FindMessageTypeByName(type);
  const std::string hint = message == nullptr ? "" : HintFor(*message, name);
  return absl::StrCat(type, " has no field \"", name,
                      hint.empty() ? "\"" : "\"; ", hint);
}

}  // namespace toque
