"""Continues a training in PyTorch; one process, or several by torchrun.

    torchrun --nproc-per-node 8 train.py moco.pth.tar trained.pth.tar --images DIR --steps 10000 --lr 0.03
    python train.py moco.pth.tar trained.pth.tar --inputs inputs.safetensors --steps 5     (fixed inputs, for a comparison)

DIR holds folders of images. --textures DIR2 holds their textures under the same names and makes them the negatives; without it
they are patches. The rate follows a cosine from --lr to 0 over --total-steps, counted from the first step of the whole training.
"""

import argparse
import hashlib
import json
import math
import os

import torch
import torch.distributed as dist
from torch.nn.parallel import DistributedDataParallel

from data import batches_of
from moco import MoCo, info_nce

options = argparse.ArgumentParser()
options.add_argument("source")
options.add_argument("target")
options.add_argument("--images")
options.add_argument("--textures")
options.add_argument("--inputs", help="safetensors with inputs [steps, views, N, C, H, W]")
options.add_argument("--size", type=int, default=224)
options.add_argument("--batch-size", type=int, default=32, help="of one process")
options.add_argument("--workers", type=int, default=4)
options.add_argument("--steps", type=int, required=True)
options.add_argument("--total-steps", type=int, help="length of the cosine; without it the rate is constant")
options.add_argument("--lr", type=float, help="default: the checkpoint's")
options.add_argument("--momentum", type=float, default=0.9)
options.add_argument("--weight-decay", type=float, default=1e-4)
options.add_argument("--temperature", type=float, default=0.2)
options.add_argument("--alpha", type=float, default=2.0)
options.add_argument("--seed", type=int, default=0)
args = options.parse_args()

rank, world = int(os.environ.get("RANK", 0)), int(os.environ.get("WORLD_SIZE", 1))
on_gpu = torch.cuda.is_available()
if world > 1:
    dist.init_process_group("nccl" if on_gpu else "gloo")
device = torch.device("cuda", int(os.environ.get("LOCAL_RANK", 0))) if on_gpu else torch.device("cpu")

checkpoint = torch.load(args.source, map_location="cpu", weights_only=True)
model = MoCo(checkpoint["form"])
model.load_state_dict({name.removeprefix("module."): t for name, t in checkpoint["state_dict"].items()})
model.to(device).train()
rate = args.lr if args.lr is not None else checkpoint["optimizer"]["param_groups"][0]["lr"]
optimizer = torch.optim.SGD(model.encoder_q.parameters(), rate)
optimizer.load_state_dict(checkpoint["optimizer"])
for group in optimizer.param_groups:
    group.update(lr=rate, momentum=args.momentum, weight_decay=args.weight_decay)
# The processes' statistics of batch normalization differ, as in MoCo; the first process's are saved.
parallel = DistributedDataParallel(model, broadcast_buffers=False) if world > 1 else model

first = checkpoint["step"]
for step, inputs in enumerate(batches_of(args, rank, world, first), first):
    if args.total_steps:
        optimizer.param_groups[0]["lr"] = 0.5 * rate * (1 + math.cos(math.pi * min(1, step / args.total_steps)))
    inputs = [x.to(device) for x in inputs]
    loss = info_nce(parallel(*inputs), len(inputs) - 2, args.temperature, args.alpha)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    print(json.dumps(dict(step=step, rank=rank, loss=loss.item())) + "\n", end="", flush=True)

# What all processes have to agree on: the trained weights and the queue.
shared = [*model.encoder_q.parameters(), model.queue]
digest = hashlib.sha256(b"".join(t.detach().cpu().numpy().tobytes() for t in shared)).hexdigest()
print(json.dumps(dict(rank=rank, digest=digest)) + "\n", end="", flush=True)
if rank == 0:
    state = {f"module.{name}": t.cpu() for name, t in model.state_dict().items()}
    checkpoint.update(step=first + args.steps, state_dict=state, optimizer=optimizer.state_dict())
    torch.save(checkpoint, args.target)
if world > 1:
    dist.destroy_process_group()
