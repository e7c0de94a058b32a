#include "framework/core/slot_optimizer.h"

#include <algorithm>

#include "ATen/ops/_foreach_add.h"
#include "ATen/ops/full.h"
#include "ATen/ops/full_like.h"
#include "ATen/ops/where.h"
#include "absl/strings/str_join.h"
#include "c10/core/GradMode.h"

namespace toque {

SlotOptimizer::SlotOptimizer(double lr, double weight_decay,
                             std::vector<std::string> slots)
    : lr_(lr), weight_decay_(weight_decay), slot_names_(std::move(slots)) {}

absl::Status SlotOptimizer::Attach(std::vector<Group>* groups) {
  for (const Group& group : *groups) {
    std::vector<Cluster> clusters;
    for (const auto& [name, parameter] : group.parameters) {
      const auto type = parameter.dtype();
      auto found = std::find_if(
          clusters.begin(), clusters.end(), [type](const Cluster& cluster) {
            return cluster.entries[0].parameter.dtype() == type;
          });
      if (found == clusters.end()) {
        found = clusters.insert(found, Cluster{&group, {}, {}});
        found->work.slots.resize(slot_names_.size());
      }
      found->entries.push_back({name, parameter, {}});
    }
    std::move(clusters.begin(), clusters.end(), std::back_inserter(clusters_));
  }
  return absl::OkStatus();
}

absl::Status SlotOptimizer::Step(const StepContext& context) {
  const c10::AutoGradMode no_gradients(false);
  for (Cluster& cluster : clusters_) {
    if (!cluster.group->active) continue;
    Gather(cluster);
    if (cluster.work.parameters.empty()) continue;
    if (context.found_inf.defined()) {
      cluster.work.found_inf = context.found_inf;
    }
    UpdateUnlessInf(cluster.work);
    // Gradients are the trainer's to release.
    cluster.work.gradients.clear();
  }
  return absl::OkStatus();
}

// Lists what has a gradient: the fused kernels refuse undefined ones.
void SlotOptimizer::Gather(Cluster& cluster) {
  Work& work = cluster.work;
  work.lr = cluster.group->lr;
  work.weight_decay = weight_decay_ * cluster.group->weight_decay_scale;
  work.weight_decay_scale = cluster.group->weight_decay_scale;
  work.momentum_factor = cluster.group->momentum_factor;
  work.found_inf.reset();
  const bool all_listed = work.parameters.size() == cluster.entries.size();
  work.gradients.clear();
  for (const Entry& entry : cluster.entries) {
    const at::Tensor& gradient = entry.parameter.grad();
    if (gradient.defined()) work.gradients.push_back(gradient);
  }
  // In nearly every step the lists of the step before still hold.
  if (!all_listed || work.gradients.size() != cluster.entries.size()) {
    work.parameters.clear();
    for (auto& slot : work.slots) slot.clear();
    for (Entry& entry : cluster.entries) {
      if (!entry.parameter.grad().defined()) continue;
      if (entry.slots.empty()) MakeSlots(entry);
      work.parameters.push_back(entry.parameter);
      for (size_t s = 0; s < entry.slots.size(); ++s) {
        work.slots[s].push_back(entry.slots[s]);
      }
    }
  }
  for (size_t s = 0; s < slot_names_.size(); ++s) {
    if (!IsStep(s) || work.slots[s].empty()) continue;
    if (work.slots[s][0].is_cpu()) {
      for (at::Tensor& step : work.slots[s]) {
        *step.mutable_data_ptr<float>() += 1;
      }
    } else {
      at::_foreach_add_(work.slots[s], 1);
    }
  }
}

// Without a look at found_inf from the host, which would wait for the device.
void SlotOptimizer::UpdateUnlessInf(Work& work) {
  if (!work.found_inf.has_value()) return Update(work);
  std::vector<at::Tensor> state;
  std::vector<at::Tensor> before;
  if (!HonoursFoundInf()) {
    state = work.parameters;
    for (const auto& slot : work.slots) {
      state.insert(state.end(), slot.begin(), slot.end());
    }
    for (const at::Tensor& tensor : state) before.push_back(tensor.clone());
  }
  Update(work);
  const at::Tensor skipped = work.found_inf->to(at::kBool);
  for (size_t i = 0; i < state.size(); ++i) {
    state[i].copy_(at::where(skipped, before[i], state[i]));
  }
  for (size_t s = 0; s < slot_names_.size(); ++s) {
    if (IsStep(s)) at::_foreach_add_(work.slots[s], *work.found_inf, -1);
  }
}

void SlotOptimizer::MakeSlots(Entry& entry) const {
  for (size_t s = 0; s < slot_names_.size(); ++s) {
    entry.slots.push_back(
        IsStep(s) ? at::full({}, 0, entry.parameter.options().dtype(at::kFloat))
                  : at::full_like(entry.parameter, InitialValue(s)));
  }
}

void SlotOptimizer::Save(State* state) const {
  for (const Cluster& cluster : clusters_) {
    for (const Entry& entry : cluster.entries) {
      for (size_t s = 0; s < entry.slots.size(); ++s) {
        state->Set(absl::StrCat(slot_names_[s], ".", entry.name),
                   entry.slots[s]);
      }
    }
  }
}

absl::Status SlotOptimizer::Load(const State& state) {
  const c10::AutoGradMode no_gradients(false);
  for (Cluster& cluster : clusters_) {
    cluster.work.parameters.clear();
    for (Entry& entry : cluster.entries) {
      entry.slots.clear();
      // A parameter that never had a gradient has no state.
      if (slot_names_.empty() ||
          !state.Has(absl::StrCat(slot_names_[0], ".", entry.name))) {
        continue;
      }
      MakeSlots(entry);
      for (size_t s = 0; s < slot_names_.size(); ++s) {
        const std::string name = absl::StrCat(slot_names_[s], ".", entry.name);
        ASSIGN_OR_RETURN(const at::Tensor saved, state.Get(name));
        if (saved.sizes() != entry.slots[s].sizes()) {
          return absl::DataLossError(absl::StrCat(
              "\"", name, "\" must have shape [",
              absl::StrJoin(entry.slots[s].sizes(), ", "), "], got [",
              absl::StrJoin(saved.sizes(), ", "), "]"));
        }
        entry.slots[s].copy_(saved);
      }
    }
  }
  return absl::OkStatus();
}

}  // namespace toque
