"""Weights by a closed formula of name and index, as FillByFormula's.

framework/testing/formula_weights.h is its twin: tests compare whole nets
without a file of weights.
"""
import math

import numpy
import torch


def values(k, name, shape):
    """Entry k of a state dict, as float32."""
    count = math.prod(shape)
    u = numpy.arange(1, count + 1, dtype=numpy.float64) * 0.6180339887498949
    u += (k + 1) * 0.7548776662466927
    u -= numpy.floor(u)
    last = name.rpartition(".")[2]
    if len(shape) >= 2:
        bound = math.sqrt(6 / (count // shape[0])) / math.sqrt(2)
        filled = (2 * u - 1) * bound
    elif len(shape) == 1 and last in ("weight", "running_var"):
        filled = 0.5 + u
    else:
        filled = (2 * u - 1) * 0.1
    return torch.from_numpy(filled.astype(numpy.float32)).reshape(shape)


def fill(model):
    """Sets the entries of the state dict; num_batches_tracked stays."""
    entries = [(name, tensor) for name, tensor in model.state_dict().items()
               if not name.endswith("num_batches_tracked")]
    with torch.no_grad():
        for k, (name, tensor) in enumerate(entries):
            tensor.copy_(values(k, name, tensor.shape))


def sines(shape):
    """The input sin(0), sin(1), ... as float32."""
    count = math.prod(shape)
    return torch.arange(count).double().sin().float().reshape(shape)
