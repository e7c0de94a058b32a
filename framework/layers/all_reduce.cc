#include "framework/layers/all_reduce.h"

#include <utility>
#include <vector>

namespace toque {

AllReduce SumOver(c10::intrusive_ptr<c10d::Backend> group) {
  return [group = std::move(group)](at::Tensor& values) {
    std::vector<at::Tensor> tensors = {values};
    group->allreduce(tensors)->wait();
  };
}

}  // namespace toque
