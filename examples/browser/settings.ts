/** What the sliders say. */
export interface Settings {
  /** Smallest and largest side of a patch, in percent of the picture's. */
  patchRange: [number, number];
  /** Side of a texture's exemplars, in percent of the picture's. */
  exemplar: number;
  /** The factor on the similarity to non-semantic negatives. */
  alpha: number;
}

/** Reads the form, and writes each slider's value beside it. */
export function readSettings(form: HTMLFormElement): Settings {
  const slider = (name: string) => form.elements.namedItem(name) as HTMLInputElement;
  for (const input of form.querySelectorAll<HTMLInputElement>('input[type=range]')) {
    const text = `${input.value}${input.dataset.unit ?? ''}`;
    input.setAttribute('aria-valuetext', text);
    input.parentElement!.querySelector('output')!.textContent = text;
  }
  return {
    patchRange: [slider('minPatch').valueAsNumber, slider('maxPatch').valueAsNumber],
    exemplar: slider('exemplar').valueAsNumber,
    alpha: slider('alpha').valueAsNumber,
  };
}

/** Keeps the smallest patch at most the largest: the slider that moves pushes the other. */
export function keepInOrder(form: HTMLFormElement, moved: EventTarget | null): void {
  const [min, max] = ['minPatch', 'maxPatch'].map((name) => form.elements.namedItem(name) as HTMLInputElement);
  if (min.valueAsNumber <= max.valueAsNumber) return;
  if (moved === min) max.value = min.value;
  else min.value = max.value;
}
