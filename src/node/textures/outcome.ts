import type { TextureParams } from '../../transforms/textureNegative';

/** Why an image has no texture. */
export type SkipKind = 'not listed' | 'unreadable' | 'too large' | 'too small' | 'not writable';

/** A line of the manifest: a texture, its source, and the draw that `textureNegative().apply` would take. */
export interface ManifestEntry extends TextureParams {
  source: string;
  texture: string;
  /** Of the source, upright. */
  height: number;
  width: number;
}

/** What became of a source; `whole` is a texture that an earlier run has made. */
export type Outcome =
  | { status: 'made' | 'whole'; entry: ManifestEntry }
  | { status: 'skipped'; kind: SkipKind; source: string; reason: string };
