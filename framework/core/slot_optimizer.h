// The base of most optimizers: it owns the state ("slots") of each parameter
// and leaves the formula to one Update.

#ifndef TOQUE_FRAMEWORK_CORE_SLOT_OPTIMIZER_H_
#define TOQUE_FRAMEWORK_CORE_SLOT_OPTIMIZER_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "framework/core/optimizer.h"

namespace toque {

class SlotOptimizer : public Optimizer {
 public:
  // `slots` are names of tensors of a parameter's shape, zero before the first
  // step. The slot "step" is a float scalar instead, and counts the steps of
  // its parameter, the present one included.
  SlotOptimizer(double lr, double weight_decay, std::vector<std::string> slots);

  double base_lr() const override { return lr_; }
  absl::Status Attach(std::vector<Group>* groups) override;
  absl::Status Step(const StepContext& context) override;
  void Save(State* state) const override;
  absl::Status Load(const State& state) override;

 protected:
  // Parameters of one group and one element type that have gradients, and their
  // slots in the constructor's order: slots[s][p] belongs to parameters[p].
  struct Work {
    double lr;
    double weight_decay;        // the option's times the group's scale
    double weight_decay_scale;  // the group's
    double momentum_factor;
    std::vector<at::Tensor> parameters;
    std::vector<at::Tensor> gradients;
    std::vector<std::vector<at::Tensor>> slots;
    std::optional<at::Tensor> found_inf;
  };
  // Changes work.parameters and work.slots in place; never empty.
  virtual void Update(Work& work) = 0;
  // The value every element of a slot starts with.
  virtual double InitialValue(size_t /*slot*/) const { return 0; }
  // Whether Update itself leaves all as it was where work.found_inf is 1, as
  // LibTorch's fused kernels do. Where not, the base puts it back from a copy.
  virtual bool HonoursFoundInf() const { return false; }

 private:
  struct Entry {
    std::string name;
    at::Tensor parameter;
    std::vector<at::Tensor> slots;  // empty until the parameter's first step
  };
  // The entries of one group that share an element type.
  struct Cluster {
    const Group* group;
    std::vector<Entry> entries;
    Work work;  // reused from step to step
  };
  void Gather(Cluster& cluster);
  void UpdateUnlessInf(Work& work);
  void MakeSlots(Entry& entry) const;
  bool IsStep(size_t slot) const { return slot_names_[slot] == "step"; }

  double lr_;
  double weight_decay_;
  std::vector<std::string> slot_names_;
  std::vector<Cluster> clusters_;
};

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_CORE_SLOT_OPTIMIZER_H_
