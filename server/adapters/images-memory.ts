import type { Metadata } from 'sharp'

/** What libvips tells of a picture by its header alone. */
export type ImageHeader = Partial<
  Pick<Metadata, 'format' | 'depth' | 'channels' | 'isProgressive' | 'chromaSubsampling' | 'pages'>
> &
  Pick<Metadata, 'width' | 'height'>

/**
 * 50 million pixels in four channels of 8 bits. It is counted as if the whole picture were in memory, which holds for
 * what is interlaced or moves; other pictures are decoded line by line and take less.
 */
export const mostDecodedBytes = 200_000_000

const sampleBytes: Record<string, number> = { uchar: 1, char: 1, ushort: 2, short: 2 }

/** The memory that decoding a picture takes, counted before anything is decoded. */
export function decodedBytes({ width, height, channels, depth, ...header }: ImageHeader): number {
  const bytes = width * height * (sampleBytes[depth ?? 'uchar'] ?? 8)
  const samples = channels ?? 4
  // The lines come in several rounds, so everything is kept until the last one, and put together beside it. Of a JPEG the
  // coefficients are kept, with two bytes each, and of its colours mostly a quarter.
  if (header.isProgressive) return 2 * bytes * (header.chromaSubsampling?.startsWith('4:2:0') ? samples - 1.5 : samples)
  // A moving WebP is put together on a canvas with all channels.
  if (header.format === 'webp' && (header.pages ?? 1) > 1) return 2 * bytes * 4
  return bytes * samples
}
