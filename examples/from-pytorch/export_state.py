"""Writes the state dict of a MoCo checkpoint as safetensors, for fromPytorch.ts beside it.

    python export_state.py checkpoint_0199.pth.tar moco.safetensors     (needs torch and numpy)

safetensors: the header's length (eight bytes), the header in JSON, the tensors' bytes one after the other.
"""

import json
import struct
import sys

import torch

source, target = sys.argv[1:]
checkpoint = torch.load(source, map_location="cpu", weights_only=True)
header = {"__metadata__": {"arch": checkpoint["arch"], "epoch": str(checkpoint["epoch"])}}
chunks, end = [], 0
for name, tensor in checkpoint["state_dict"].items():
    # Batches are counted for a batch normalization without a momentum of its own, which no ResNet has.
    if name.endswith("num_batches_tracked"):
        continue
    dtype, code = (torch.float32, "F32") if tensor.is_floating_point() else (torch.int32, "I32")
    chunks.append(tensor.to(dtype).contiguous().numpy().tobytes())
    start, end = end, end + len(chunks[-1])
    # DistributedDataParallel, in which MoCo trains, puts "module." in front.
    header[name.removeprefix("module.")] = dict(dtype=code, shape=list(tensor.shape), data_offsets=[start, end])

text = json.dumps(header).encode()
text += b" " * (-len(text) % 8)
with open(target, "wb") as file:
    file.write(struct.pack("<Q", len(text)) + text)
    file.writelines(chunks)
