#include "framework/export/onnx.h"

#include <algorithm>
#include <set>
#include <utility>

#include "framework/export/onnx_writer.h"
#include "framework/guarded.h"

namespace toque {
namespace {

constexpr int kFormat = 8;      // of the file: ONNX 1.10 and later
constexpr int kOperators = 17;  // the version of the operators

OnnxOperation FindOperation(const std::string& name) {
  for (const auto* some : {&OnnxLayers(), &OnnxNorms(), &OnnxPooling(),
                           &OnnxRecurrent(), &OnnxFunctions(), &OnnxShapes()}) {
    const auto found = some->find(name);
    if (found != some->end()) return found->second;
  }
  return nullptr;
}

void Describe(const std::string& name, const TracedValue& value,
              onnx::ValueInfoProto* info) {
  info->set_name(name);
  auto& tensor = *info->mutable_type()->mutable_tensor_type();
  tensor.set_elem_type(OnnxType(value.type));
  for (const Size& size : value.shape) {
    auto& dimension = *tensor.mutable_shape()->add_dim();
    if (!size.per_example) {
      dimension.set_dim_value(size.value);
    } else if (size.value == 1) {
      dimension.set_dim_param("batch");
    } else {
      dimension.set_dim_param(absl::StrCat("batch_x_", size.value));
    }
  }
}

// Whether the batch's size is an argument of an operation other than those that
// are written by the shape of their result.
bool CountsExamples(const Operation& operation) {
  static const auto* const shaped = new std::set<std::string>(
      {"_unsafe_view", "expand", "reshape", "unflatten", "view", "zeros"});
  if (shaped->contains(operation.name)) return false;
  for (const Argument& argument : operation.arguments) {
    const auto* size = std::get_if<Size>(&argument.value);
    if (size != nullptr && size->per_example) return true;
    const auto* sizes = std::get_if<std::vector<Size>>(&argument.value);
    if (sizes != nullptr && std::ranges::any_of(*sizes, &Size::per_example)) {
      return true;
    }
  }
  return false;
}

absl::Status Write(const Trace& trace, OnnxWriter* writer) {
  for (const Operation& operation : trace.operations) {
    const OnnxOperation write = FindOperation(operation.name);
    writer->Begin(operation);
    const absl::Status status =
        write == nullptr || CountsExamples(operation)
            ? absl::UnimplementedError("can't be written as ONNX")
            : Guarded([write, writer] { return write(*writer); });
    RETURN_IF_ERROR(AtPlace(status, PlaceOf(operation)));
  }
  return absl::OkStatus();
}

// What the output doesn't depend on is left out: last states of recurrent
// layers, say, and counters of batch norms.
void RemoveUnused(onnx::GraphProto* graph) {
  std::set<std::string> used = {"output"};
  auto& nodes = *graph->mutable_node();
  for (int i = nodes.size() - 1; i >= 0; --i) {
    const bool needed = std::ranges::any_of(
        nodes[i].output(),
        [&used](const std::string& name) { return used.contains(name); });
    if (needed) used.insert(nodes[i].input().begin(), nodes[i].input().end());
    if (!needed) nodes.DeleteSubrange(i, 1);
  }
  auto& constants = *graph->mutable_initializer();
  for (int i = constants.size() - 1; i >= 0; --i) {
    if (!used.contains(constants[i].name())) constants.DeleteSubrange(i, 1);
  }
}

void AddMetadata(const NetMetadata& metadata, onnx::ModelProto* model) {
  const auto add = [model](const char* key, std::string value) {
    auto& entry = *model->add_metadata_props();
    entry.set_key(key);
    entry.set_value(std::move(value));
  };
  if (!metadata.class_names.empty()) {
    add("classes", JsonOf(metadata.class_names));
  }
  if (!metadata.transforms.empty()) add("transforms", metadata.transforms);
}

}  // namespace

absl::StatusOr<std::string> OnnxModel(const Trace& trace,
                                      const NetMetadata& metadata) {
  onnx::ModelProto model;
  model.set_ir_version(kFormat);
  model.set_producer_name("Toque");
  AddMetadata(metadata, &model);
  model.add_opset_import()->set_version(kOperators);
  onnx::GraphProto& graph = *model.mutable_graph();
  graph.set_name(trace.model);
  OnnxWriter writer(trace, &graph);
  RETURN_IF_ERROR(Write(trace, &writer));
  for (const size_t value : trace.stored) {
    writer.AddConstant(trace.values[value].name, trace.values[value].tensor);
  }
  RemoveUnused(&graph);
  Describe("input", trace.values[trace.input], graph.add_input());
  Describe("output", trace.values[trace.output], graph.add_output());
  std::string bytes;
  if (model.SerializeToString(&bytes)) return bytes;
  return Invalid("the model must be below 2 GiB, ONNX's limit for one file");
}

}  // namespace toque
