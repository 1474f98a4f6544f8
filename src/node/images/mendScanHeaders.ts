/**
 * libjpeg's warning about three bytes of a scan header that only progressive decoders use, and some phones write wrong.
 */
export const scanHeaderWarning = /^VipsJpeg: Invalid SOS parameters for sequential JPEG$/;

const marker = { startOfScan: 0xda, endOfImage: 0xd9, progressive: [0xc2, 0xc6, 0xca, 0xce] };

/**
 * Returns a sequential JPEG whose scan headers end in 0, 63, 0, as ITU-T T.81, table B.3 demands. Its pixels do not
 * depend on them. Any other fault stays for the decoder to find.
 */
export function mendScanHeaders(jpeg: Buffer): Buffer {
  const mended = Buffer.from(jpeg);
  for (let at = 2; at + 4 <= mended.length; ) {
    if (mended[at] !== 0xff || !isMarker(mended[at + 1])) {
      // Compressed data, up to the next marker.
      at += 1;
      continue;
    }
    const kind = mended[at + 1];
    if (kind === marker.endOfImage || marker.progressive.includes(kind)) break;
    const end = at + 2 + mended.readUInt16BE(at + 2);
    if (kind === marker.startOfScan && end <= mended.length) mended.set([0, 63, 0], end - 3);
    at = end;
  }
  return mended;
}

/** Tells whether a byte is a marker with a length: no stuffed zero, restart marker or filling 0xff. */
const isMarker = (byte: number) => byte !== 0 && byte !== 0xff && !(byte >= 0xd0 && byte <= 0xd7);
