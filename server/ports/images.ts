import type { Key } from '../kernel/turns.ts'

export type ImageFormat = 'jpeg' | 'png' | 'gif' | 'webp'

/** A picture that could be decoded. */
export interface SoundImage {
  /** As it is seen, after any turning that it asks for. */
  width: number
  height: number
  /** A small WebP of it with nothing in it but the picture. */
  thumbnail: Buffer
}

/**
 * Decoding is where pictures attack. It happens in processes of its own, one picture at a time in each, with bounds on
 * pixels, frames, memory and time; the people who wait are served in rotation.
 */
export interface Images {
  /**
   * Decodes a picture for a person.
   *
   * @returns why not, when it cannot be: `broken` (or of another format), `too_large` (in pixels, frames, memory or time)
   * @throws AppError `rate_limited` or `unavailable` when too many wait already, and what reading the file fails with
   */
  examine(path: string, format: ImageFormat, person: Key): Promise<SoundImage | 'broken' | 'too_large'>
  /** Ends the processes; what they decode just now is `unavailable`. */
  close(): void
}
