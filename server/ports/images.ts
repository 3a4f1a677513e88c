import type { Key } from '../kernel/turns.ts'

export type ImageFormat = 'jpeg' | 'png' | 'gif' | 'webp'

/** A picture that could be decoded. */
export interface SoundImage {
  /** The size as displayed, after the rotation that the file asks for. */
  width: number
  height: number
  /** The thumbnail: a small WebP that contains nothing but the picture. */
  thumbnail: Buffer
}

/**
 * Decoding is where malicious pictures attack. It happens in separate processes, one picture at a time in each, with
 * bounds on pixels, frames, memory and time. The waiting people are served in rotation.
 */
export interface Images {
  /**
   * Decodes a picture for a person.
   *
   * @returns the picture, or why it cannot be decoded: `broken` (or of another format), `too_large` (in pixels,
   *   frames, memory or time)
   * @throws AppError `rate_limited` or `unavailable` when too many wait already, and the error of reading the file
   */
  examine(path: string, format: ImageFormat, person: Key): Promise<SoundImage | 'broken' | 'too_large'>
  /** Ends the processes; pictures that are being decoded fail with `unavailable`. */
  close(): void
}
