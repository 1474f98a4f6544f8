import { checkChoice, checkText } from '../support/errors';

/** Checks the options that tfjs gives to every layer, which it takes unread. @throws ArgumentError */
export function checkLayerOptions({ name, trainable }: { name?: unknown; trainable?: unknown }): void {
  if (name !== undefined) checkText('name', name);
  if (trainable !== undefined) checkChoice('trainable', trainable, [true, false]);
}
