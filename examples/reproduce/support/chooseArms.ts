/** Reads `--arms`, a list with commas. @throws Error for a name that is not known. */
export function chooseArms(
  given: string | undefined,
  known: readonly string[],
  usual: readonly string[] = known,
): readonly string[] {
  const names = given?.split(',') ?? usual;
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return names;
  throw new Error(`Expected some of ${known.join(', ')} for --arms, received ${unknown}.`);
}
