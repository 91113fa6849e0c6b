#!/usr/bin/env python3
"""Turns PP-OCRv4's text detector from ONNX into the few steps that ocr/detail/network.h runs.

  tools/make_line_detector.py PACKAGE.whl line_detector.net

The package is rapidocr-onnxruntime's; the model inside is checked by its hash. What follows a convolution point by point (batch norm,
scales, shifts, activation) becomes part of it. Needs Python's standard library only. The format
is written down in docs/formats/line-detector.md.
"""
import array
import hashlib
import json
import pathlib
import struct
import sys
import zipfile

# PaddleOCR's, Apache-2.0.
MODEL = "rapidocr_onnxruntime/models/ch_PP-OCRv4_det_infer.onnx"
SHA256 = "d2a7720d45a54257208b1e13e36a8479894cb74155a5efe29462512d42f49da9"
MAGIC = b"GLOSSNET1\n"


# -- the part of protobuf and ONNX that the model uses ------------------------------------------


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at


def fields(data):
    """Yields (number, value): an integer, or bytes for what has a length or is fixed."""
    at = 0
    while at < len(data):
        key, at = varint(data, at)
        wire = key & 7
        if wire == 0:
            value, at = varint(data, at)
        else:
            if wire == 2:
                size, at = varint(data, at)
            else:
                size = {1: 8, 5: 4}[wire]
            value, at = data[at:at + size], at + size
        yield key >> 3, value


def integers(packed):
    at, out = 0, []
    while at < len(packed):
        value, at = varint(packed, at)
        out.append(value)
    return out


class Tensor:
    """Dimensions and floats."""

    def __init__(self, data):
        self.shape, self.values = [], array.array("f")
        for number, value in fields(data):
            if number == 1:
                self.shape += [value] if isinstance(value, int) else integers(value)
            elif number in (4, 9) and not isinstance(value, int):
                self.values.frombytes(value)

    def scalar(self):
        return self.values[0] if len(self.values) == 1 else None


class Node:
    def __init__(self, data):
        self.inputs, self.outputs, self.attributes, self.kind = [], [], {}, ""
        for number, value in fields(data):
            if number == 1:
                self.inputs.append(value.decode())
            elif number == 2:
                self.outputs.append(value.decode())
            elif number == 4:
                self.kind = value.decode()
            elif number == 5:
                self.attribute(value)

    def attribute(self, data):
        name, found = "", None
        for number, value in fields(data):
            if number == 1:
                name = value.decode()
            elif number == 2:
                found = struct.unpack("<f", value)[0]
            elif number == 3:
                found = value
            elif number == 5:
                found = Tensor(value)
            elif number == 8:
                found = (found or []) + ([value] if isinstance(value, int) else integers(value))
        self.attributes[name] = found

    @property
    def output(self):
        return self.outputs[0]


class Graph:
    def __init__(self, model):
        graph = next(value for number, value in fields(model) if number == 7)
        nodes = [Node(value) for number, value in fields(graph) if number == 1]
        self.constants = {n.output: n.attributes["value"] for n in nodes if n.kind == "Constant"}
        self.nodes = [n for n in nodes if n.kind != "Constant"]
        self.readers = {}
        for node in self.nodes:
            for name in node.inputs:
                self.readers.setdefault(name, []).append(node)

    def follower(self, name, *kinds):
        """The only node that reads it, if it is of one of these kinds."""
        readers = self.readers.get(name, [])
        return readers[0] if len(readers) == 1 and readers[0].kind in kinds else None

    def constant_of(self, node):
        """The constant that a point-by-point node applies, and its place among the inputs."""
        return next((self.constants[i] for i in node.inputs if i in self.constants), None)


# -- from ONNX to steps -------------------------------------------------------------------------


class Compiler:
    """Walks the graph once; each value gets a number, each step says which it reads and makes."""

    def __init__(self, graph):
        self.graph, self.steps, self.weights = graph, [], array.array("f")
        self.numbers, self.done = {"x": 0}, set()

    def number(self, name):
        return self.numbers.setdefault(name, len(self.numbers))

    def step(self, kind, node, result, reads, **more):
        self.steps.append({"do": kind, "from": [self.number(r) for r in reads],
                           "to": self.number(result), **more})

    def keep(self, *parts):
        for part in parts:
            self.weights.extend(part)

    def compile(self):
        for node in self.graph.nodes:
            if id(node) not in self.done:
                getattr(self, "on_" + node.kind.lower())(node)
        return self.steps, self.weights

    def take(self, node):
        self.done.add(id(node))
        return node.output

    def affine(self, name):
        """Follows what scales and shifts each channel: (scales, shifts, name of the result)."""
        scales, shifts = [1.0], [0.0]
        while node := self.graph.follower(name, "Mul", "Add", "BatchNormalization"):
            if node.kind == "BatchNormalization":
                gain, bias, mean, variance = (self.graph.constants[i].values
                                              for i in node.inputs[1:])
                epsilon = node.attributes["epsilon"]
                more = [g / (v + epsilon) ** 0.5 for g, v in zip(gain, variance)]
                offset = [b - m * s for b, m, s in zip(bias, mean, more)]
            else:
                constant = self.graph.constant_of(node)
                if constant is None:
                    break
                values = list(constant.values)
                more, offset = (values, [0.0]) if node.kind == "Mul" else ([1.0], values)
            size = max(len(scales), len(shifts), len(more), len(offset))
            wide = [v * size if len(v) == 1 else v for v in (scales, shifts, more, offset)]
            scales = [a * m for a, m in zip(wide[0], wide[2])]
            shifts = [b * m + o for b, m, o in zip(wide[1], wide[2], wide[3])]
            name = self.take(node)
        return scales, shifts, name

    def hard_swish(self, name):
        """x * clip(x + 3, 0, 6) / 6, spelled out as Paddle's exporter does; else nothing."""
        readers = self.graph.readers.get(name, [])
        if sorted(n.kind for n in readers) != ["Add", "Mul"]:
            return None
        add, multiply = sorted(readers, key=lambda n: n.kind)
        clip = self.graph.follower(add.output, "Clip")
        divide = self.graph.follower(multiply.output, "Div")
        if not clip or not divide or clip.output not in multiply.inputs:
            return None
        assert self.graph.constant_of(add).scalar() == 3
        assert [self.graph.constants[i].scalar() for i in clip.inputs[1:]] == [0, 6]
        assert self.graph.constant_of(divide).scalar() == 6
        for node in (add, clip, multiply, divide):
            self.take(node)
        return divide.output

    def activation(self, name):
        """(its name, scale and shift behind it, name of the result)."""
        if swished := self.hard_swish(name):
            scales, shifts, result = self.affine(swished)
            assert len(scales) == 1
            return "hard_swish", scales[0], shifts[0], result
        for kind in ("Relu", "Sigmoid"):
            if node := self.graph.follower(name, kind):
                return kind.lower(), 1.0, 0.0, self.take(node)
        return "none", 1.0, 0.0, name

    def on_conv(self, node, transposed=False):
        weights = self.graph.constants[node.inputs[1]]
        bias = self.graph.constants[node.inputs[2]].values if len(node.inputs) > 2 else None
        depthwise = not transposed and node.attributes.get("group", 1) > 1
        channels = weights.shape[1 if transposed else 0]
        self.take(node)
        scales, shifts, name = self.affine(node.output)
        scales = scales * channels if len(scales) == 1 else scales
        shifts = shifts * channels if len(shifts) == 1 else shifts
        values, each = weights.values, weights.shape[2] * weights.shape[3]
        bias = [b * s + t for b, s, t in zip(bias or [0.0] * channels, scales, shifts)]
        if transposed:  # [in][out][4], kept as [out][4][in]
            row = channels * each
            folded = [values[i * row + o] * scales[o // each]
                      for o in range(row) for i in range(weights.shape[0])]
            bias = [b for b in bias for _ in range(each)]
        else:  # [out][in][k][k]
            each *= weights.shape[1]
            folded = [v * scales[i // each] for i, v in enumerate(values)]
        activation, scale, shift, result = self.activation(name)
        kind = "grow" if transposed else "depthwise" if depthwise else "conv"
        self.step(kind, node, result, [node.inputs[0]],
                  channels_in=weights.shape[0] if transposed or depthwise else weights.shape[1],
                  channels_out=channels, kernel=weights.shape[2],
                  stride=node.attributes["strides"][0], activation=activation, scale=scale,
                  shift=shift)
        self.keep(folded, bias)

    def on_convtranspose(self, node):
        self.on_conv(node, transposed=True)

    def on_globalaveragepool(self, node):
        """Squeeze and excite: each channel is weighed by what two small layers make of the means."""
        first = self.graph.follower(self.take(node), "Conv")
        relu = self.graph.follower(self.take(first), "Relu")
        second = self.graph.follower(self.take(relu), "Conv")
        gate = self.graph.follower(self.take(second), "HardSigmoid")
        multiply = self.graph.follower(self.take(gate), "Mul")
        result = self.take(multiply)
        added = self.graph.follower(result, "Add")
        residual = bool(added) and node.inputs[0] in added.inputs
        if residual:
            result = self.take(added)
        weights, biases = ([self.graph.constants[c.inputs[i]] for c in (first, second)]
                           for i in (1, 2))
        self.step("weigh", node, result, [node.inputs[0]], middle=weights[0].shape[0],
                  slope=gate.attributes["alpha"], residual=residual)
        self.keep(*(c.values for c in weights + biases))

    def on_resize(self, node):
        """Nearest neighbours; only ever on the way into a sum or a join."""
        factor = int(self.graph.constants[node.inputs[2]].values[2])
        target = self.graph.readers[node.output][0]
        if target.kind == "Add":
            other = next(i for i in target.inputs if i != node.output)
            self.step("add_enlarged", node, self.take(target), [other, node.inputs[0]])
            assert factor == 2
        self.take(node)

    def on_concat(self, node):
        sources = {n.output: n.inputs[0] for n in self.graph.nodes if n.kind == "Resize"}
        self.step("join_enlarged", node, node.output, [sources.get(i, i) for i in node.inputs])
        self.take(node)


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    model = zipfile.ZipFile(sys.argv[1]).read(MODEL)
    if hashlib.sha256(model).hexdigest() != SHA256:
        sys.exit(f"{sys.argv[1]} holds another model than this tool was written for")
    steps, weights = Compiler(Graph(model)).compile()
    if sys.byteorder == "big":
        weights.byteswap()
    head = json.dumps({"steps": steps, "weights": len(weights)}, separators=(",", ":")).encode()
    out = MAGIC + struct.pack("<I", len(head)) + head + weights.tobytes()
    pathlib.Path(sys.argv[2]).write_bytes(out)
    print(f"{sys.argv[2]}: {len(steps)} steps, {len(weights)} weights, {len(out)} bytes")


if __name__ == "__main__":
    main()
