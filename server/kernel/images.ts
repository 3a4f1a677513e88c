export type ImageFormat = 'jpeg' | 'png' | 'gif' | 'webp'

/** A picture that could be decoded. */
export interface SoundImage {
  /** As it is seen, after any turning that it asks for. */
  width: number
  height: number
  /** A small WebP of it with nothing in it but the picture. */
  thumbnail: Buffer
}

/** Decoding is where pictures attack. It happens off the event loop, one at a time, with bounds on pixels and time. */
export interface Images {
  /**
   * Decodes a picture.
   *
   * @returns why not, when it cannot be: `broken` (or of another format), `too_large` (in pixels, frames or time)
   * @throws AppError `unavailable` when too many wait already, and what reading the file fails with
   */
  examine(path: string, format: ImageFormat): Promise<SoundImage | 'broken' | 'too_large'>
}
