#!/bin/sh
# Features of a large folder by 64 tasks, from the root of the repository:
#   sbatch examples/scale-out/features.slurm.sh ENCODER ROOT FEATURES
#SBATCH --job-name=features
#SBATCH --array=1-64
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=2
#SBATCH --mem=8G
#SBATCH --time=04:00:00
#SBATCH --requeue

exec npm run evaluate -- --encoder "$1" --images "$2" --features "$3" \
  --shard "$SLURM_ARRAY_TASK_ID/$SLURM_ARRAY_TASK_COUNT"
