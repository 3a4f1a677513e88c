import type { Metadata } from 'sharp'

/** What libvips reads from the header of a picture. */
export type ImageHeader = Partial<
  Pick<Metadata, 'format' | 'depth' | 'channels' | 'isProgressive' | 'chromaSubsampling' | 'pages'>
> &
  Pick<Metadata, 'width' | 'height'>

/**
 * 50 million pixels in four channels of 8 bits. The limit assumes that the whole picture is in memory, which is true
 * for interlaced and animated pictures; others are decoded line by line and take less.
 */
export const mostDecodedBytes = 200_000_000

const sampleBytes: Record<string, number> = { uchar: 1, char: 1, ushort: 2, short: 2 }

/** The memory that decoding a picture takes, calculated before anything is decoded. */
export function decodedBytes({ width, height, channels, depth, ...header }: ImageHeader): number {
  const bytes = width * height * (sampleBytes[depth ?? 'uchar'] ?? 8)
  const samples = channels ?? 4
  // The lines of an interlaced picture come in several passes, so all of them are kept until the last pass and merged
  // in a second buffer. For a JPEG the coefficients are kept, with two bytes each, and its colour channels mostly have
  // a quarter of the samples.
  if (header.isProgressive) return 2 * bytes * (header.chromaSubsampling?.startsWith('4:2:0') ? samples - 1.5 : samples)
  // An animated WebP is composed on a canvas with all channels.
  if (header.format === 'webp' && (header.pages ?? 1) > 1) return 2 * bytes * 4
  return bytes * samples
}
