#include "framework/weights/weights_map.h"

#include <algorithm>
#include <regex>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "c10/core/GradMode.h"
#include "framework/tensors/describe.h"

namespace toque {
namespace {

constexpr size_t kShown = 5;       // faults of a kind; more say nothing more
constexpr size_t kMaxName = 1000;  // std::regex recurses over a text
constexpr char kBatchCount[] = "num_batches_tracked";

absl::Status FitsNothing(std::string_view what, const std::string& value,
                         const NamedTensors& tensors) {
  std::vector<std::string> names;
  for (size_t i = 0; i < std::min(kShown, tensors.size()); ++i) {
    names.push_back(tensors[i].first);
  }
  if (tensors.size() > kShown) names.emplace_back("...");
  return Invalid(absl::StrCat(View(what), " must fit a name (there are ",
                              absl::StrJoin(names, ", "), ")"),
                 value);
}

absl::Status StripPrefix(const std::string& prefix, NamedTensors* tensors) {
  bool any = false;
  for (auto& [name, tensor] : *tensors) {
    if (!name.starts_with(prefix)) continue;
    name.erase(0, prefix.size());
    any = true;
  }
  return any ? absl::OkStatus() : FitsNothing("strip_prefix", prefix, *tensors);
}

absl::Status Replace(const Weights::Rename& rename, NamedTensors* tensors) {
  const std::regex pattern(rename.match());
  bool any = false;
  for (auto& [name, tensor] : *tensors) {
    if (!std::regex_search(name, pattern)) continue;
    name = std::regex_replace(name, pattern, rename.replace());
    any = true;
  }
  return any ? absl::OkStatus()
             : FitsNothing("match", rename.match(), *tensors);
}

absl::Status CheckNames(const NamedTensors& tensors) {
  std::unordered_set<std::string_view> names;
  for (const auto& [name, tensor] : tensors) {
    if (name.size() > kMaxName) {
      return Invalid("names must have at most 1000 characters", name.size());
    }
    if (!names.insert(name).second) {
      return Invalid("names must be different", name);
    }
  }
  return absl::OkStatus();
}

// Which names are left as they are.
class Exceptions {
 public:
  explicit Exceptions(const Weights& options) {
    for (const std::string& pattern : options.except()) {
      patterns_.emplace_back(pattern);
    }
    used_.resize(patterns_.size());
  }

  bool Has(const std::string& name) {
    bool found = false;
    for (size_t i = 0; i < patterns_.size(); ++i) {
      if (!std::regex_search(name, patterns_[i])) continue;
      used_[i] = found = true;
    }
    return found;
  }

  // Each pattern must have been of use.
  absl::Status Check(const Weights& options, const NamedTensors& own) const {
    for (size_t i = 0; i < used_.size(); ++i) {
      const int index = static_cast<int>(i);
      if (used_[i]) continue;
      return AtPlace(FitsNothing("a pattern", options.except(index), own),
                     absl::StrCat("except[", i, "]"));
    }
    return absl::OkStatus();
  }

 private:
  std::vector<std::regex> patterns_;
  std::vector<bool> used_;
};

// Empty where `saved` can be copied into `own`.
std::string Mismatch(const std::string& name, const at::Tensor& saved,
                     const at::Tensor& own) {
  if (saved.sizes() != own.sizes()) {
    return absl::StrCat("\"", name, "\" must have the model's shape ",
                        ShapeText(own.sizes()), ", got ",
                        ShapeText(saved.sizes()));
  }
  if (saved.is_complex() && !own.is_complex()) {
    return absl::StrCat("\"", name, "\" must have real numbers, got complex");
  }
  return "";
}

// The names of those that no copy goes to under another name.
std::vector<std::string> NotCopied(
    const NamedTensors& missing,
    const std::vector<std::pair<at::Tensor, at::Tensor>>& copies) {
  std::vector<std::string> names;
  for (const auto& [name, tensor] : missing) {
    const bool copied = std::ranges::any_of(
        copies, [&](const auto& copy) { return copy.first.is_same(tensor); });
    if (!copied) names.push_back(name);
  }
  return names;
}

// "NAME" is missing, and so on for the first of them.
void AddFaults(const std::vector<std::string>& names, std::string_view what,
               std::vector<absl::Status>* faults) {
  for (size_t i = 0; i < std::min(kShown, names.size()); ++i) {
    faults->push_back(what.empty() ? Invalid(names[i])
                                   : Invalid(absl::StrCat("\"", names[i], "\" ",
                                                          View(what))));
  }
  if (names.size() <= kShown) return;
  faults->push_back(Invalid(absl::StrCat(
      "and ", names.size() - kShown, " more",
      what.empty() ? "" : absl::StrCat(" of which each ", View(what)))));
}

// A prefix that the file's names have and the model's have not.
void AddHint(const WeightsReport& report, std::vector<absl::Status>* faults) {
  if (report.missing.empty()) return;
  const std::string& wanted = report.missing.front();
  for (const std::string& name : report.unexpected) {
    if (!name.ends_with("." + wanted)) continue;
    return faults->push_back(Invalid(
        absl::StrCat("names fit with `strip_prefix: \"",
                     name.substr(0, name.size() - wanted.size()), "\"`")));
  }
}

// The part of the model that all mismatched tensors are in, if it is one: most
// often a head of another number of classes.
void AddHeadHint(const WeightsReport& report,
                 std::vector<absl::Status>* faults) {
  if (report.mismatched.empty()) return;
  const std::string& first = report.mismatched.front();  // "fc.weight" must ...
  const size_t end = first.rfind('.', first.find('"', 1));
  if (end == std::string::npos) return;
  const std::string head = first.substr(0, end + 1);
  const auto in_head = [&](const auto& text) { return text.starts_with(head); };
  if (!std::ranges::all_of(report.mismatched, in_head)) return;
  faults->push_back(Invalid(absl::StrCat(
      "a part of its own stays as it begins with `except: \"^",
      absl::StrReplaceAll(head.substr(1), {{".", "\\\\."}}), "\"`")));
}

absl::Status Strict(const WeightsReport& report) {
  std::vector<absl::Status> faults;
  AddFaults(report.missing, "is missing", &faults);
  AddFaults(report.mismatched, "", &faults);
  AddFaults(report.unexpected, "is not a tensor of the model", &faults);
  AddHint(report, &faults);
  AddHeadHint(report, &faults);
  return Together(faults);
}

}  // namespace

bool WeightsReport::Complete() const {
  return missing.empty() && unexpected.empty() && mismatched.empty();
}

std::string WeightsReport::Text() const {
  std::string text = absl::StrCat("loaded ", loaded.size(), " tensors");
  const auto add = [&text](const char* what,
                           const std::vector<std::string>& names) {
    if (names.empty()) return;
    const auto end =
        names.begin() + static_cast<ptrdiff_t>(std::min(kShown, names.size()));
    absl::StrAppend(&text, "; ", what, " ", names.size(), ": ",
                    absl::StrJoin(names.begin(), end, ", "),
                    names.size() > kShown ? ", ..." : "");
  };
  add("missing", missing);
  add("unexpected", unexpected);
  add("mismatched", mismatched);
  add("excepted", excepted);
  return text;
}

absl::StatusOr<NamedTensors> Renamed(const NamedTensors& tensors,
                                     const Weights& options) {
  NamedTensors renamed = tensors;
  RETURN_IF_ERROR(CheckNames(renamed));
  if (!options.strip_prefix().empty()) {
    RETURN_IF_ERROR(StripPrefix(options.strip_prefix(), &renamed));
  }
  for (int i = 0; i < options.rename_size(); ++i) {
    RETURN_IF_ERROR(AtPlace(Replace(options.rename(i), &renamed),
                            absl::StrCat("rename[", i, "]")));
  }
  RETURN_IF_ERROR(CheckNames(renamed));
  return renamed;
}

absl::StatusOr<WeightsReport> CopyWeights(const NamedTensors& tensors,
                                          const Weights& options,
                                          const NamedTensors& own) {
  ASSIGN_OR_RETURN(const NamedTensors renamed, Renamed(tensors, options));
  const std::unordered_map<std::string, at::Tensor> saved(renamed.begin(),
                                                          renamed.end());
  WeightsReport report;
  Exceptions exceptions(options);
  std::unordered_set<std::string_view> known;
  NamedTensors missing;
  std::vector<std::pair<at::Tensor, at::Tensor>> copies;
  for (const auto& [name, tensor] : own) {
    known.insert(name);
    const auto found = saved.find(name);
    if (exceptions.Has(name)) {
      report.excepted.push_back(name);
    } else if (found == saved.end()) {
      if (!name.ends_with(kBatchCount)) missing.emplace_back(name, tensor);
    } else if (auto why = Mismatch(name, found->second, tensor); !why.empty()) {
      report.mismatched.push_back(std::move(why));
    } else {
      report.loaded.push_back(name);
      copies.emplace_back(tensor, found->second);
    }
  }
  report.missing = NotCopied(missing, copies);
  for (const auto& [name, tensor] : renamed) {
    if (known.contains(name)) continue;
    (exceptions.Has(name) ? report.excepted : report.unexpected)
        .push_back(name);
  }
  RETURN_IF_ERROR(exceptions.Check(options, own));
  if (options.mode() == Weights::STRICT) RETURN_IF_ERROR(Strict(report));
  if (copies.empty()) {
    return Invalid("must hold a tensor of the model's names and shapes");
  }
  const c10::NoGradGuard no_gradients;
  for (auto& [target, source] : copies) target.copy_(source);
  return report;
}

}  // namespace toque
