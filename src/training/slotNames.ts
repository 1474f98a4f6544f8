import type * as tfl from '@tensorflow/tfjs-layers';
import type { SavedWeight } from './savedWeights';
import type { NamedTensors } from './velocities';

// An optimizer names a slot after its variable, such as `dense/kernel/velocity`. tfjs numbers layers and variables in
// their order of creation, so a model that is built again has other names; a variable's index among the weights stays
// the same.

/** Names slots by the indices of their variables, to be saved: `3/dense/kernel/velocity`. */
export function slotsByIndex(slots: NamedTensors, { weights }: tfl.LayersModel): NamedTensors {
  return renameSlots(slots, new Map(weights.map(({ name, originalName }, i) => [name, indexed(i, originalName)])));
}

/** Names saved slots by the variables that have these indices in the model now. */
export function slotsByVariable(slots: NamedTensors, saved: SavedWeight[], { weights }: tfl.LayersModel): NamedTensors {
  return renameSlots(slots, new Map(weights.map(({ name }, i) => [indexed(i, saved[i].spec.name), name])));
}

const indexed = (i: number, name: string) => `${i}/${name}`;

function renameSlots(slots: NamedTensors, names: Map<string, string>): NamedTensors {
  const rename = (name: string) => name.replace(/^.*(?=\/[^/]+$)/, (variable) => names.get(variable) ?? variable);
  return slots.map(({ name, tensor }) => ({ name: rename(name), tensor }));
}
