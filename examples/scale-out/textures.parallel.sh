#!/bin/sh
# Textures of a large folder on several machines that share it, by GNU parallel: sh textures.parallel.sh IN OUT host1,host2,…
# Each shard is tried again up to twice where its machine is lost; what is done stays done.
seq 64 | parallel --retries 3 --sshlogin "$3" --quote \
  npx -y -p tfjs-nonsemantic-negatives -p sharp -p @tensorflow/tfjs-backend-wasm \
  tfjs-nonsemantic-negatives textures "$1" "$2" --workers 1 --shard {}/64
