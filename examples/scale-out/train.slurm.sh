#!/bin/sh
# A training in PyTorch by 4 machines of 8 GPUs, from the root of the repository:
#   sbatch examples/scale-out/train.slurm.sh moco.safetensors trained.safetensors --images DIR --steps 100000 --lr 0.03
#SBATCH --job-name=train
#SBATCH --nodes=4
#SBATCH --ntasks-per-node=1
#SBATCH --gpus-per-node=8
#SBATCH --cpus-per-task=64
#SBATCH --time=24:00:00
#SBATCH --requeue

# One torchrun a machine starts a process a GPU; they meet at the first machine. A job that is queued again continues from
# its last save.
head=$(scontrol show hostnames "$SLURM_JOB_NODELIST" | head -n 1)
exec srun torchrun --nnodes "$SLURM_NNODES" --nproc-per-node "$SLURM_GPUS_ON_NODE" \
  --rdzv-id "$SLURM_JOB_ID" --rdzv-backend c10d --rdzv-endpoint "$head:29500" \
  examples/to-pytorch/train.py "$@" --save-every 1000 --resume
