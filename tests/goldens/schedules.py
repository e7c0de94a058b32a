"""Prints the rates of PyTorch's schedules for the tests of our schedules.

Each trace holds the rate of every step or epoch, base rate 1, with the
scheduler stepped after the optimizer. Regenerate with torch 2.11:

  python3 tests/goldens/schedules.py
"""
import torch
from torch.optim import lr_scheduler


def trace(count, schedule):
    """Rates of `count` steps under schedule(optimizer)."""
    parameter = torch.nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.SGD([parameter], lr=1.0)
    scheduler = schedule(optimizer)
    rates = []
    for _ in range(count):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return rates


def one_cycle(count, **options):
    """Rates and momenta of OneCycleLR as factors of their highest values."""
    parameter = torch.nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.SGD([parameter], lr=1.0, momentum=0.9)
    scheduler = lr_scheduler.OneCycleLR(
        optimizer, max_lr=1.0, total_steps=count, **options)
    group = optimizer.param_groups[0]
    rates, momenta = [], []
    for step in range(count):
        rates.append(group["lr"])
        momenta.append(group["momentum"] / 0.95)
        optimizer.step()
        if step + 1 < count:
            scheduler.step()
    return rates, momenta


def plateau(metrics, **options):
    """Rates after each of `metrics`."""
    parameter = torch.nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.SGD([parameter], lr=1.0)
    scheduler = lr_scheduler.ReduceLROnPlateau(optimizer, **options)
    rates = []
    for metric in metrics:
        scheduler.step(metric)
        rates.append(optimizer.param_groups[0]["lr"])
    return rates


def show(name, rates):
    print(name)
    print("  {%s}" % ", ".join("%.17g" % rate for rate in rates))


show("WarmUp { length: 10 }",
     trace(13, lambda o: lr_scheduler.LinearLR(o, 1 / 10, total_iters=9)))
show("WarmUp { length: 4 start: 0.2 }",
     trace(6, lambda o: lr_scheduler.LinearLR(o, 0.4, total_iters=3)))
show("Cosine {}, 10 steps",
     trace(11, lambda o: lr_scheduler.CosineAnnealingLR(o, 10)))
show("Cosine { eta_min: 0.05 }, 10 steps",
     trace(11, lambda o: lr_scheduler.CosineAnnealingLR(o, 10, 0.05)))
cosine80 = trace(81, lambda o: lr_scheduler.CosineAnnealingLR(o, 80))
show("Cosine {}, 80 epochs: 0, 1, 2, 40, 78, 79, 80",
     [cosine80[t] for t in (0, 1, 2, 40, 78, 79, 80)])
show("LinearDecay {}, 8 steps",
     trace(10, lambda o: lr_scheduler.LinearLR(o, 1, 0, total_iters=8)))
show("LinearDecay { end: 0.1 }, 8 steps",
     trace(10, lambda o: lr_scheduler.LinearLR(o, 1, 0.1, total_iters=8)))

show("MultiStep { milestone: [3, 5, 5, 8] gamma: 0.3 }",
     trace(10, lambda o: lr_scheduler.MultiStepLR(o, [3, 5, 5, 8], 0.3)))
show("StepDecay { every: 3 gamma: 0.3 }",
     trace(10, lambda o: lr_scheduler.StepLR(o, 3, 0.3)))
show("Exponential { gamma: 0.9 }",
     trace(10, lambda o: lr_scheduler.ExponentialLR(o, 0.9)))
show("Polynomial { power: 0.9 length: 8 }",
     trace(10, lambda o: lr_scheduler.PolynomialLR(o, 8, 0.9)))
show("Polynomial { power: 2 }, 8 steps",
     trace(9, lambda o: lr_scheduler.PolynomialLR(o, 8, 2)))
show("Constant { factor: 0.3 length: 4 }",
     trace(6, lambda o: lr_scheduler.ConstantLR(o, 0.3, 4)))

for name, options in [
    ("OneCycle {}", {}),
    ("OneCycle { anneal: LINEAR }", {"anneal_strategy": "linear"}),
    ("OneCycle { phases: THREE }", {"three_phase": True}),
    ("OneCycle { phases: THREE anneal: LINEAR rise: 0.4 start: 0.1 end: 1e-3 "
     "momentum: 0.8 }",
     {"three_phase": True, "anneal_strategy": "linear", "pct_start": 0.4,
      "div_factor": 10, "final_div_factor": 100, "base_momentum": 0.76}),
]:
    lr, momentum = one_cycle(12, **options)
    show(name + ", 12 steps", lr)
    show(name + ", 12 steps, momentum", momentum)

nan = float("nan")
show("Plateau {} of 0.5, 0.6, nan, then 0.6 for ever",
     plateau([.5, .6, nan] + 12 * [.6], mode="max", patience=5))
show("Plateau { patience: 1 cooldown: 2 min_factor: 0.02 } of 0.5",
     plateau(14 * [.5], mode="max", patience=1, cooldown=2, min_lr=.02))
losses = [2, 1.5, 1.4999, 1.49984, 1.49985, 1.6, 1.4, 1.4, 1.39999, 1.4, 1.3]
show("Plateau { mode: MIN patience: 1 } of losses",
     plateau(losses, mode="min", patience=1))
show("Plateau { mode: MAX patience: 1 threshold: 0.05 ABSOLUTE } of -losses",
     plateau([-loss for loss in losses], mode="max", patience=1,
             threshold=.05, threshold_mode="abs"))
