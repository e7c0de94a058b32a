#!/usr/bin/env python3
r"""Shows that weights interchange with Python.

A checkpoint of a run with the model recipe.ConvNet, read by the safetensors
package into PyTorch's own ConvNet, must give the logits that ours gives:

  bazel-bin/experiments/digits_convnet --run_dir=run --set='epochs: 2'
  bazel-bin/tools/evaluate --run_dir=run --checkpoint=last \
      --dump=dump.safetensors
  python3 tools/read_checkpoint.py run/checkpoints/last.safetensors \
      dump.safetensors

Also reads what //tools:checkpoint converts. Needs torch and safetensors of
PyPI. The exit status is 1 where a logit differs by more than 1e-5.
"""
import sys

import torch
from safetensors import safe_open
from safetensors.torch import load_file
from torch import nn

TOLERANCE = 1e-5


class ConvNet(nn.Module):
    """Two blocks and a linear layer, as wide as the weights are."""

    def __init__(self, weights):
        super().__init__()
        first = weights["layer1.0.weight"].shape
        second = weights["layer2.0.weight"].shape
        self.layer1 = self.block(first[1], first[0])
        self.layer2 = self.block(second[1], second[0])
        classes, features = weights["fc.weight"].shape
        self.fc = nn.Linear(features, classes)

    @staticmethod
    def block(channels, out):
        return nn.Sequential(
            nn.Conv2d(channels, out, kernel_size=5, padding=2),
            nn.BatchNorm2d(out), nn.ReLU(), nn.MaxPool2d(2))

    def forward(self, x):
        return self.fc(self.layer2(self.layer1(x)).flatten(1))


def read_weights(path):
    """The model's weights, of a checkpoint or of a file with weights alone."""
    saved = load_file(path)
    prefix = "model."
    weights = {name[len(prefix):]: tensor for name, tensor in saved.items()
               if name.startswith(prefix)}
    return weights or saved


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    with safe_open(sys.argv[1], framework="pt") as file:
        print("metadata:", file.metadata())
    weights = read_weights(sys.argv[1])
    model = ConvNet(weights)
    model.load_state_dict(weights)  # strict: every name, and no other
    dump = load_file(sys.argv[2])
    with torch.no_grad():
        logits = model.eval()(dump["input"])
    difference = (logits - dump["output"]).abs().max().item()
    correct = (logits.argmax(1) == dump["target"]).float().mean().item()
    print("%d images, accuracy %.4f, largest difference of a logit %.3g"
          % (len(logits), correct, difference))
    sys.exit(0 if difference <= TOLERANCE else 1)


main()
