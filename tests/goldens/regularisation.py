"""Prints PyTorch's numbers for the tests of hooks on gradients and weights.

Regenerate with torch 2.11:

  python3 tests/goldens/regularisation.py
"""
import math

import torch
from torch.optim import swa_utils


def show(name, values):
    print("%s: {%s}" % (name, ", ".join("%.9g" % value for value in values)))


def clipped(max_norm, norm_type):
    """The norm, then the gradients of two parameters after clipping."""
    first = torch.zeros(2, 3, requires_grad=True)
    second = torch.zeros(2, requires_grad=True)
    first.grad = torch.arange(-2.0, 4.0).view(2, 3)
    second.grad = torch.tensor([30.0, 40.0])
    norm = torch.nn.utils.clip_grad_norm_([first, second], max_norm, norm_type)
    return [norm.item()] + first.grad.flatten().tolist() + second.grad.tolist()


for p in (1.0, 2.0, 3.0, math.inf):
    show("ClipGradNorm { max_norm: 20 norm_type: %g }" % p, clipped(20.0, p))


def averaged(steps, multi_avg_fn):
    """The average of a layer whose weights after step t are sin(t + i / 4)."""
    layer = torch.nn.Linear(3, 1, bias=False)
    average = swa_utils.AveragedModel(layer, multi_avg_fn=multi_avg_fn)
    for t in steps:
        with torch.no_grad():
            layer.weight.copy_(torch.sin(t + torch.arange(3.0) / 4))
        average.update_parameters(layer)
    return average.module.weight.flatten().tolist()


show("Ema { decay: 0.9 }, 6 steps",
     averaged(range(1, 7), swa_utils.get_ema_multi_avg_fn(0.9)))
show("Ema { decay: 0.9 every_steps: 2 }, 6 steps",
     averaged((2, 4, 6), swa_utils.get_ema_multi_avg_fn(0.9)))
show("Swa { begin: 2 every: 2 per: STEP }, 7 steps",
     averaged((2, 4, 6), swa_utils.get_swa_multi_avg_fn()))
