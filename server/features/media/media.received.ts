import type { TemporaryFile } from '../../ports/storage.ts'

/** A completely received file, and the name that the client gave it. */
export interface Received extends TemporaryFile {
  name: string
}
