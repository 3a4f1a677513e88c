import type { Readable } from 'node:stream'

/** A range of bytes, including the last one. */
export interface ByteRange {
  start: number
  end: number
}

export interface StoredFile {
  key: string
  modified: Date
}

/**
 * Where files are kept. A key (`ab/name.ext`) is used once: the content under a key never changes, it is only deleted.
 * After a `put` has resolved, every instance finds the file, even after a crash.
 */
export interface FileStorage {
  /**
   * Takes over a finished file of this machine: completely or not at all.
   *
   * @throws AppError `insufficient_storage`, `unavailable`
   */
  put(key: string, path: string): Promise<void>
  /** Null when there is no such file. The caller reads the stream to its end or destroys it. */
  open(key: string, range?: ByteRange): Promise<Readable | null>
  /** A key that does not exist is no error. */
  delete(keys: readonly string[]): Promise<void>
  /** All files, in no order. Files that are added or deleted meanwhile may be missing. */
  list(): AsyncIterable<StoredFile>
  /** For health: writes a file, reads it back and deletes it; rejects when that does not work. */
  check(): Promise<{ freeBytes?: number }>
}

/** A received file on this machine that is still being checked. */
export interface TemporaryFile {
  path: string
  size: number
  /** SHA-256 of the content, in hex. */
  sha256: string
}

/** Temporary files on their way into the storage. A sweep removes what a crash leaves behind. */
export interface TemporaryFiles {
  /**
   * Writes a stream to a new file. Returns null when it has more than `most` bytes; the stream is read to its end
   * nevertheless, because what follows it may be needed. Keeps no reference to its chunks.
   *
   * @throws AppError `insufficient_storage`, and the error of the stream; then there is no file
   */
  receive(from: Readable, most: number): Promise<TemporaryFile | null>
  /**
   * Writes text and bytes to a new file, as they come, and takes nothing more after the first fault.
   *
   * @throws AppError `insufficient_storage`, and the error of `parts`; then there is no file
   */
  write(parts: AsyncIterable<string | Uint8Array>): Promise<TemporaryFile>
  /** Does nothing for files that were put into the storage. */
  discard(files: readonly TemporaryFile[]): Promise<void>
  /** Removes files that are older than this moment. */
  sweep(before: Date): Promise<void>
}
