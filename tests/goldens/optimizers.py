"""Trajectories in float64, for the tests of plugins/optimizers.

Of PyTorch's optimizers, and of the papers' algorithms in NumPy for LARS, LAMB
and Lion, which PyTorch lacks. Prints, for each case, the nine numbers that the
test holds. It is the twin of framework/testing/trajectory.cc. Made with torch
2.11 and numpy 2.4; to make them again:

    python3 tests/goldens/optimizers.py
"""

import numpy as np
import torch
from torch import optim



class Paper:
    """An optimizer in NumPy: `step_of` gives what is taken away from x."""

    def __init__(self, parameters, foreach, lr, weight_decay=0):
        self.parameters = parameters
        self.lr = lr
        self.weight_decay = weight_decay
        self.states = [{} for _ in parameters]

    def step(self, closure):
        for x, state in zip(self.parameters, self.states):
            if x.grad is not None:
                array = x.numpy()  # the same memory
                array -= self.step_of(array, x.grad.numpy(), state)


class Lars(Paper):
    """You, Gitman and Ginsburg, 2017, arXiv 1708.03888: algorithm 1, with
    equation 6 as the local rate."""

    def __init__(self, *args, momentum=0.9, trust=0.001, eps=1e-8, **options):
        super().__init__(*args, **options)
        self.momentum, self.trust, self.eps = momentum, trust, eps

    def step_of(self, w, g, state):
        norm = np.linalg.norm(w)
        local = self.trust * norm / (
            np.linalg.norm(g) + self.weight_decay * norm + self.eps)
        v = self.momentum * state.get("v", 0)
        v = v + self.lr * local * (g + self.weight_decay * w)
        state["v"] = v
        return v


class Lamb(Paper):
    """You et al., 2019, arXiv 1904.00962: algorithm 2, phi the identity."""

    def __init__(self, *args, betas=(0.9, 0.999), eps=1e-6, **options):
        super().__init__(*args, **options)
        self.betas, self.eps = betas, eps

    def step_of(self, x, g, state):
        beta1, beta2 = self.betas
        t = state["t"] = state.get("t", 0) + 1
        m = state["m"] = beta1 * state.get("m", 0) + (1 - beta1) * g
        v = state["v"] = beta2 * state.get("v", 0) + (1 - beta2) * g**2
        r = m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + self.eps)
        u = r + self.weight_decay * x
        return self.lr * np.linalg.norm(x) / np.linalg.norm(u) * u


class Lion(Paper):
    """Chen et al., 2023, arXiv 2302.06675: algorithm 2."""

    def __init__(self, *args, betas=(0.9, 0.99), **options):
        super().__init__(*args, **options)
        self.betas = betas

    def step_of(self, theta, g, state):
        beta1, beta2 = self.betas
        m = state.get("m", 0)
        c = beta1 * m + (1 - beta1) * g
        state["m"] = beta2 * m + (1 - beta2) * g
        return self.lr * (np.sign(c) + self.weight_decay * theta)


class MuonAndAdamW:
    """Muon for the matrices, AdamW for the rest."""

    def __init__(self, parameters, foreach, adam_w={}, **options):
        matrices = [x for x in parameters if x.dim() == 2]
        rest = [x for x in parameters if x.dim() != 2]
        shared = {key: options[key] for key in ("lr", "weight_decay")}
        self.parts = [optim.Muon(matrices, **options),
                      optim.AdamW(rest, **{**shared, **adam_w})]

    def step(self, closure):
        for part in self.parts:
            part.step()


class Lbfgs(optim.LBFGS):

    def __init__(self, parameters, foreach, **options):
        super().__init__(parameters, **options)


CASES = [
    (optim.SGD, dict(lr=0.01)),
    (optim.SGD, dict(lr=0.01, weight_decay=0.1)),
    (optim.SGD, dict(lr=0.01, momentum=0.9, weight_decay=0.1)),
    (optim.SGD, dict(lr=0.01, momentum=0.9, nesterov=True)),
    (optim.SGD, dict(lr=0.01, momentum=0.9, dampening=0.5, weight_decay=0.1)),
    (optim.Adam, dict(lr=0.01)),
    (optim.Adam, dict(lr=0.01, betas=(0.8, 0.99), eps=1e-3)),
    (optim.Adam, dict(lr=0.1, weight_decay=0.1)),
    (optim.Adam, dict(lr=0.1, amsgrad=True)),
    (optim.AdamW, dict(lr=0.01)),
    (optim.AdamW, dict(lr=0.1, weight_decay=0.5, betas=(0.8, 0.99))),
    (optim.AdamW, dict(lr=0.1, amsgrad=True, eps=1e-3)),
    (optim.Adagrad, dict(lr=0.1)),
    (optim.Adagrad, dict(lr=0.1, lr_decay=0.05, weight_decay=0.1)),
    (optim.Adagrad, dict(lr=0.1, initial_accumulator_value=0.5, eps=1e-3)),
    (optim.RMSprop, dict(lr=0.01)),
    (optim.RMSprop, dict(lr=0.01, alpha=0.9, eps=0.1, weight_decay=0.1)),
    (optim.RMSprop, dict(lr=0.01, centered=True)),
    (optim.RMSprop, dict(lr=0.001, momentum=0.9)),
    (optim.RMSprop, dict(lr=0.001, momentum=0.5, centered=True)),
    (Lars, dict(lr=1)),
    (Lars, dict(lr=2, momentum=0.5, weight_decay=0.1, trust=0.01, eps=0.1)),
    (Lamb, dict(lr=0.001, weight_decay=0.01)),
    (Lamb, dict(lr=0.02, weight_decay=0.3, betas=(0.8, 0.99), eps=0.01)),
    (Lion, dict(lr=0.01)),
    (Lion, dict(lr=0.02, weight_decay=0.5, betas=(0.95, 0.98))),
    (MuonAndAdamW, dict(lr=0.01, weight_decay=0.1)),
    (MuonAndAdamW, dict(lr=0.02, weight_decay=0.5, momentum=0.8, nesterov=False,
                        ns_steps=3, adjust_lr_fn="match_rms_adamw",
                        adam_w=dict(lr=0.05, betas=(0.8, 0.99), eps=1e-3))),
    (Lbfgs, dict(max_iter=1)),
    (Lbfgs, dict(lr=0.03, max_iter=1)),
    (Lbfgs, dict(lr=0.02, max_iter=4, max_eval=3, history_size=3)),
    (Lbfgs, dict(max_iter=1, max_eval=10, line_search_fn="strong_wolfe")),
    (Lbfgs, dict(lr=8, max_iter=1, max_eval=25, history_size=2,
                 line_search_fn="strong_wolfe")),
    (Lbfgs, dict(lr=1e-3, max_iter=2, max_eval=2, history_size=5,
                 line_search_fn="strong_wolfe")),
]


def spread(first, last, *shape):
    count = torch.Size(shape).numel()
    return torch.linspace(first, last, count, dtype=torch.float64).view(shape)


def slope(parameter):
    return spread(0.5, 2, *parameter.shape)


def trajectory(kind, options):
    parameters = [spread(-2, 2, 4, 5), spread(1, 3, 3), spread(-1, -1, 1)]
    optimizer = kind(parameters, foreach=False, **options)

    def evaluate():
        loss = 0
        for x in parameters:
            if x is not parameters[2] or step >= 10:
                x.grad = (x - 0.3) * slope(x) + 0.1 * torch.sin(3 * x)
                loss += (slope(x) * (x - 0.3)**2 / 2 -
                         torch.cos(3 * x) / 30).sum()
        return loss

    for step in range(1, 101):
        evaluate()
        optimizer.step(evaluate)
        if step in (1, 20, 100):
            yield [(x * slope(x)).sum().item() for x in parameters]


if __name__ == "__main__":
    for kind, options in CASES:
        print(kind.__name__, options)
        for sums in trajectory(kind, options):
            print("    " + ", ".join("%.15g" % value for value in sums) + ",")
