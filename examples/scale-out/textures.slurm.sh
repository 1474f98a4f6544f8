#!/bin/sh
# Textures of a large folder by 64 tasks: sbatch textures.slurm.sh IN OUT
#SBATCH --job-name=textures
#SBATCH --array=1-64
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=2
#SBATCH --mem=4G
#SBATCH --time=02:00:00
#SBATCH --requeue

# The shard is the task's, by SLURM_ARRAY_TASK_ID and _COUNT. To repeat one task only, say which: with --array=3 alone,
# Slurm tells it that it is the only one, so add --shard 3/64.
exec npx -y -p tfjs-nonsemantic-negatives -p sharp -p @tensorflow/tfjs-backend-wasm \
  tfjs-nonsemantic-negatives textures "$1" "$2" --workers "${SLURM_CPUS_PER_TASK:-1}"
