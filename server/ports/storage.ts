import type { Readable } from 'node:stream'

/** Bytes of a file, the last one included. */
export interface ByteRange {
  start: number
  end: number
}

export interface StoredFile {
  key: string
  modified: Date
}

/**
 * Where files are kept. A key (`ab/name.ext`) is used once: what lies under it never changes, it only goes. Whoever has
 * been told that a file was put finds it from then on, on every instance, after a crash too.
 */
export interface FileStorage {
  /**
   * Takes over a finished file of this machine: whole, or not at all.
   *
   * @throws AppError `insufficient_storage`, `unavailable`
   */
  put(key: string, path: string): Promise<void>
  /** Null when there is none. Whoever opens it reads to the end or destroys the stream. */
  open(key: string, range?: ByteRange): Promise<Readable | null>
  /** What is not there is no error. */
  delete(keys: readonly string[]): Promise<void>
  /** Everything, in no order; what comes or goes meanwhile may be missing. */
  list(): AsyncIterable<StoredFile>
  /** For health: writes a file, reads it back and removes it; rejects when that does not work. */
  check(): Promise<{ freeBytes?: number }>
}

/** A file of this machine that somebody is still looking at. */
export interface Draft {
  path: string
  size: number
  /** Of the content, in hex. */
  sha256: string
}

/** Files on their way into the storage. What a crash leaves there is swept. */
export interface Drafts {
  /**
   * Writes a stream to a file of its own. Null when it has more than `most` bytes; the stream is read to its end all the
   * same, because what comes after it may be wanted. Of its chunks nothing is held on to.
   *
   * @throws AppError `insufficient_storage`, and what the stream fails with; then there is no file
   */
  receive(from: Readable, most: number): Promise<Draft | null>
  /** After it was put into the storage this does nothing. */
  discard(drafts: readonly Draft[]): Promise<void>
  /** Removes what has been lying about since before a moment. */
  sweep(before: Date): Promise<void>
}
