"""The demo's network as an ONNX graph, so that what it registers can be served."""

from __future__ import annotations

from tui_tracker.demo.network import LEAK, Network

# Leaves the graph readable by ONNX Runtime 1.17 and later.
_OPSET, _IR_VERSION = 17, 8


def onnx_bytes(network: Network) -> bytes:
    """A graph from images (n, inputs) FP32 to digit (n,) INT64 and probabilities (n, classes) FP32.

    Raises ImportError without onnx.
    """
    from onnx import TensorProto, checker, helper, numpy_helper

    weights = network.weights
    inputs, classes = weights["hidden_weights"].shape[0], weights["output_bias"].shape[0]
    nodes = [
        helper.make_node("Gemm", ["images", "hidden_weights", "hidden_bias"], ["hidden"]),
        helper.make_node("LeakyRelu", ["hidden"], ["active"], alpha=LEAK),
        helper.make_node("Gemm", ["active", "output_weights", "output_bias"], ["logits"]),
        helper.make_node("Softmax", ["logits"], ["probabilities"], axis=1),
        helper.make_node("ArgMax", ["logits"], ["digit"], axis=1, keepdims=0),
    ]
    graph = helper.make_graph(
        nodes,
        "digits",
        [helper.make_tensor_value_info("images", TensorProto.FLOAT, ["n", inputs])],
        [
            helper.make_tensor_value_info("digit", TensorProto.INT64, ["n"]),
            helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["n", classes]),
        ],
        [numpy_helper.from_array(values, name) for name, values in weights.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", _OPSET)], ir_version=_IR_VERSION)
    checker.check_model(model)
    return bytes(model.SerializeToString())
