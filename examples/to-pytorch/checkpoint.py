"""Turns moco.safetensors into a PyTorch checkpoint in the layout of MoCo's main_moco.py, or a checkpoint into it.

    python checkpoint.py moco.safetensors moco.pth.tar
    python checkpoint.py trained.pth.tar trained.safetensors
"""

import json
import os
import struct
import sys

import numpy as np
import torch

from moco import MoCo

TYPES = {"F32": np.float32, "I32": np.int32}
# Whole epochs behind it (as in MoCo), batches of the next one, images in each of these (0: unknown), and steps in all.
PLACE = ["epoch", "batch", "batch_size", "step"]


def read_safetensors(source):
    """Returns metadata and tensors."""
    with open(source, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header, data = json.loads(file.read(length)), file.read()
    metadata, tensors = header.pop("__metadata__"), {}
    for name, entry in header.items():
        start, end = entry["data_offsets"]
        values = np.frombuffer(data[start:end], TYPES[entry["dtype"]]).reshape(entry["shape"]).copy()
        tensors[name] = torch.from_numpy(values)
    return metadata, tensors


def to_checkpoint(source):
    metadata, tensors = read_safetensors(source)
    form = json.loads(metadata["form"])
    model = MoCo(form)
    state = {name: t for name, t in tensors.items() if not name.startswith("velocity.")}
    missing, unexpected = model.load_state_dict(state, strict=False)
    missing = [name for name in missing if not name.endswith("num_batches_tracked")]
    if missing or unexpected:
        raise SystemExit(f"Expected the tensors of the model, received none for {missing} and also {unexpected}.")
    # All parameters, as in MoCo; those of the key encoder get no gradient, and so no velocity.
    velocities = [tensors.get(f"velocity.{name}") for name, _ in model.named_parameters()]
    optimizer = torch.optim.SGD(model.parameters(), float(metadata["learningRate"])).state_dict()
    optimizer["state"] = {i: {"momentum_buffer": v} for i, v in enumerate(velocities) if v is not None}
    state = {f"module.{name}": tensor for name, tensor in model.state_dict().items()}
    place = {name: int(metadata[name]) for name in PLACE}
    return dict(arch=form["arch"], form=form, state_dict=state, optimizer=optimizer, **place)


def to_safetensors(checkpoint, target):
    if "form" not in checkpoint:
        raise SystemExit("Expected a checkpoint of train.py, received another: ../from-pytorch reads those of MoCo.")
    tensors = {name.removeprefix("module."): t for name, t in checkpoint["state_dict"].items()}
    tensors = {name: t for name, t in tensors.items() if not name.endswith("num_batches_tracked")}
    for i, (name, _) in enumerate(MoCo(checkpoint["form"]).named_parameters()):
        if i in checkpoint["optimizer"]["state"]:
            tensors[f"velocity.{name}"] = checkpoint["optimizer"]["state"][i]["momentum_buffer"]
    rate = checkpoint["optimizer"]["param_groups"][0]["lr"]
    metadata = {name: str(checkpoint[name]) for name in PLACE}
    metadata.update(form=json.dumps(checkpoint["form"]), learningRate=str(rate))
    header, chunks, end = {"__metadata__": metadata}, [], 0
    for name, tensor in tensors.items():
        dtype, code = (torch.float32, "F32") if tensor.is_floating_point() else (torch.int32, "I32")
        chunks.append(tensor.to(dtype).cpu().contiguous().numpy().tobytes())
        start, end = end, end + len(chunks[-1])
        header[name] = dict(dtype=code, shape=list(tensor.shape), data_offsets=[start, end])
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(target, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        file.writelines(chunks)


def load(source):
    if source.endswith(".safetensors"):
        return to_checkpoint(source)
    return torch.load(source, map_location="cpu", weights_only=True)


def save(checkpoint, target):
    """Writes the file whole or not at all."""
    write = to_safetensors if target.endswith(".safetensors") else torch.save
    write(checkpoint, f"{target}.part")
    os.replace(f"{target}.part", target)


if __name__ == "__main__":
    source, target = sys.argv[1:]
    save(load(source), target)
