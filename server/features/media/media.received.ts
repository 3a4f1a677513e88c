import type { Draft } from '../../kernel/storage.ts'

/** A file that has come in whole, and what the client calls it. */
export interface Received extends Draft {
  name: string
}
