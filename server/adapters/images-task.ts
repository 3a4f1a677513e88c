import type { ImageFormat, SoundImage } from '../ports/images.ts'

/** One picture that the server hands to a decoding process, with the limits that apply to it there. */
export interface Task {
  path: string
  format: ImageFormat
  /** Bytes of memory, calculated before anything is decoded. */
  bytes: number
  /** Processor time. */
  seconds: number
  /** The answer for a picture that exceeds these limits: `expensive` when it is to be decoded in the other process. */
  beyond: 'expensive' | 'too_large'
}

export type Verdict = SoundImage | 'broken' | 'too_large' | 'expensive'

/**
 * Messages from the process: first that it is ready, then the result of each picture. `isStuck` means that it still
 * works on the picture and has to be killed.
 */
export type WorkerMessage =
  { ready: true } | { verdict: Verdict; isStuck?: boolean } | { failure: { message: string; code: string | undefined } }
