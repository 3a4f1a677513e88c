import type { ImageFormat, SoundImage } from '../ports/images.ts'

/** One picture, as the server hands it to a process that decodes, with what it may take there. */
export interface Task {
  path: string
  format: ImageFormat
  /** Memory, counted before anything is decoded. */
  bytes: number
  /** Processor time. */
  seconds: number
  /** The answer for a picture that takes more: `dear` when it is to be decoded elsewhere. */
  beyond: 'dear' | 'too_large'
}

export type Verdict = SoundImage | 'broken' | 'too_large' | 'dear'

/**
 * What the process says: first that it is there, and then what became of each picture. `isStuck`: it still works on the
 * picture, and has to be killed.
 */
export type Said =
  { ready: true } | { verdict: Verdict; isStuck?: boolean } | { failure: { message: string; code: string | undefined } }
