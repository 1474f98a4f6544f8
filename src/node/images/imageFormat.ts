/** File name extensions of the formats below, in lower case. */
export const imageExtensions = ['.jpg', '.jpeg', '.png', '.webp', '.gif', '.tif', '.tiff', '.avif'] as const;

/** Image formats by bytes at the start of their files, whatever the file is called. */
const signatures: readonly [format: string, offset: number, bytes: string][] = [
  ['JPEG', 0, '\xff\xd8\xff'],
  ['PNG', 0, '\x89PNG\r\n\x1a\n'],
  ['GIF', 0, 'GIF8'],
  ['WebP', 8, 'WEBP'],
  ['TIFF', 0, 'II*\0'],
  ['TIFF', 0, 'MM\0*'],
  ['BigTIFF', 0, 'II+\0'],
  ['BigTIFF', 0, 'MM\0+'],
  ['AVIF', 4, 'ftypavif'],
  ['AVIF', 4, 'ftypavis'],
  ['AVIF', 4, 'ftypmif1'],
];

/** Bytes of a file's head that `imageFormat` reads. */
export const headBytes = 12;

/**
 * Returns the format of a bitmap image by its first bytes, undefined for anything else. Formats that draw or run
 * something (SVG, PDF) are excluded: an untrusted picture must not start a renderer.
 */
export function imageFormat(head: Buffer): string | undefined {
  const text = head.toString('latin1', 0, headBytes);
  return signatures.find(([, offset, bytes]) => text.startsWith(bytes, offset))?.[0];
}
