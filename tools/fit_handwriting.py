#!/usr/bin/python3
"""Fits the network that tells handwriting from print, and writes ocr/detail/handwriting_model.h.

  tools/fit_handwriting.py FORMS PROGRAM DETECTOR

FORMS: what tools/make_forms.py made for the purpose `train`. PROGRAM: glossator_marks, which reads them and
measures each group of ink (`ninja -C build/release glossator_marks`). DETECTOR: the line detector,
build/models/line_detector.net. A group counts as handwriting
if most of it lies in an area that a person wrote on; groups that are half and half are left out. Every
fifth form is kept aside to tell when to stop. Needs Debian's python3-numpy. Seeded: the same features give
the same file; but features ask which words were read, so another version of the pipeline gives slightly others.
"""
import json
import pathlib
import subprocess
import sys

import numpy

OUT = pathlib.Path(__file__).resolve().parent.parent / "ocr" / "detail" / "handwriting_model.h"
UNITS, ROUNDS, STEP, DECAY = 8, 1500, 0.02, 2e-3


def share_within(box, boxes):
    """Of the box's area; true boxes of one page do not overlap much."""
    x0, y0, x1, y1 = box
    inner = sum(max(0, min(x1, b[2]) - max(x0, b[0])) * max(0, min(y1, b[3]) - max(y0, b[1]))
                for b in boxes)
    return inner / max(1, (x1 - x0) * (y1 - y0))


def written_boxes(form):
    truth = json.loads(form.with_suffix(".json").read_text())
    return truth["width"], [m["box"] for m in truth["marks"]
                            if m["kind"] == "handwriting" or m["state"] == "present"]


def groups_of(forms, program, detector):
    """(features, is handwriting, weight, number of the form) of every group."""
    told = subprocess.run([program, "eng+deu", detector, *forms], check=True, capture_output=True,
                          text=True).stdout
    numbers = {str(form): (number, *written_boxes(form)) for number, form in enumerate(forms)}
    features, labels, weights, owners = [], [], [], []
    for line in told.splitlines():
        name, *rest = line.split("\t")
        box = [int(v) for v in rest[:4]]
        number, width, boxes = numbers[name]
        share = share_within(box, [(b[0] - 4, b[1] - 4, b[2] + 4, b[3] + 4) for b in boxes])
        if 0.3 < share < 0.6:
            continue
        features.append([float(v) for v in rest[4:]])
        labels.append(share >= 0.6)
        area = (box[2] - box[0]) * (box[3] - box[1]) / width ** 2 * 1000
        weights.append(0.3 + min(area, 6))  # areas count, but small groups are many
        owners.append(number)
    return (numpy.array(features), numpy.array(labels, float), numpy.array(weights),
            numpy.array(owners))


class Network:
    def __init__(self, inputs, generator):
        self.parts = [generator.normal(0, 0.4, (inputs, UNITS)), numpy.zeros(UNITS),
                      generator.normal(0, 0.4, UNITS), numpy.zeros(1)]
        self.first = [numpy.zeros_like(p) for p in self.parts]
        self.second = [numpy.zeros_like(p) for p in self.parts]

    def forward(self, x):
        hidden = numpy.tanh(x @ self.parts[0] + self.parts[1])
        return hidden, 1 / (1 + numpy.exp(-(hidden @ self.parts[2] + self.parts[3])))

    def step(self, number, x, y, w):
        """One step of Adam on the weighted cross entropy."""
        hidden, out = self.forward(x)
        slope = w * (out - y) / w.sum()
        back = numpy.outer(slope, self.parts[2]) * (1 - hidden ** 2)
        slopes = [x.T @ back + DECAY * self.parts[0], back.sum(0),
                  hidden.T @ slope + DECAY * self.parts[2], numpy.array([slope.sum()])]
        for part, mean, square, g in zip(self.parts, self.first, self.second, slopes):
            mean += 0.1 * (g - mean)
            square += 0.001 * (g * g - square)
            part -= STEP * (mean / (1 - 0.9 ** number)) / (
                numpy.sqrt(square / (1 - 0.999 ** number)) + 1e-8)


def loss(network, x, y, w):
    out = numpy.clip(network.forward(x)[1], 1e-6, 1 - 1e-6)
    return -(w * (y * numpy.log(out) + (1 - y) * numpy.log(1 - out))).sum() / w.sum()


def fit(x, y, w, aside):
    network = Network(x.shape[1], numpy.random.default_rng(1))
    best, kept = numpy.inf, None
    for number in range(1, ROUNDS + 1):
        network.step(number, x[~aside], y[~aside], w[~aside])
        if number % 20 == 0:
            now = loss(network, x[aside], y[aside], w[aside])
            if now < best:
                best, kept = now, [p.copy() for p in network.parts]
    network.parts = kept
    return network, best


def listed(values):
    return "{" + ", ".join(f"{v:.4g}" for v in values) + "}"


def print_model(network, means, spreads):
    weights, biases, outputs, bias = network.parts
    units = ",\n         ".join(f"{{{{{listed(weights[:, u])}}}, {biases[u]:.4g}, {outputs[u]:.4g}}}"
                                for u in range(UNITS))
    return f"""// The network that tells handwriting from print: one hidden layer. Written by
// tools/fit_handwriting.py; do not edit.
#pragma once

#include <array>
#include <cstddef>

namespace ocr::detail {{

struct HandwritingModel {{
  static constexpr size_t kInputs = {len(means)};
  static constexpr size_t kUnits = {UNITS};
  struct Unit {{
    std::array<double, kInputs> weights;
    double bias;
    double output;
  }};
  std::array<double, kInputs> means;
  std::array<double, kInputs> spreads;
  std::array<Unit, kUnits> units;
  double bias;
}};

// clang-format off
inline constexpr HandwritingModel kHandwritingModel = {{
    {{{listed(means)}}},
    {{{listed(spreads)}}},
    {{{{  {units}  }}}},
    {bias[0]:.4g}}};
// clang-format on

}}  // namespace ocr::detail
"""


def main():
    folder, program, detector = map(pathlib.Path, sys.argv[1:4])
    forms = sorted(p for p in folder.iterdir() if p.suffix != ".json")
    x, y, w, owners = groups_of(forms, program, detector)
    means, spreads = x.mean(0), numpy.maximum(x.std(0), 1e-3)
    scaled = numpy.clip((x - means) / spreads, -4, 4)
    aside = owners % 5 == 0
    network, best = fit(scaled, y, w, aside)
    right = (network.forward(scaled)[1] >= 0.5) == (y == 1)
    print(f"{len(forms)} forms, {len(y)} groups, {int(y.sum())} written; kept aside: loss {best:.3f}, "
          f"{right[aside].mean():.3f} right, by weight "
          f"{(right * w)[aside].sum() / w[aside].sum():.3f}")
    OUT.write_text(print_model(network, means, spreads))


if __name__ == "__main__":
    main()
