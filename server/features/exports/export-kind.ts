import type { Export } from '../../../contract/index.ts'
import type { Scope } from '../../kernel/scope.ts'
import type { Snapshot } from '../../ports/database.ts'

export interface Writing {
  db: Snapshot
  person: Scope['person']
  format: Export['format']
  /** As they were given. */
  filters: Record<string, unknown>
  progress: Progress
}

export interface Progress {
  total(count: number): void
  /** So many more things are written. @throws when the job is to stop */
  done(count: number): Promise<void>
}

/** Something that can be exported. */
export interface ExportKind {
  /** Only for administrators, when it is asked for and when it is made. */
  adminOnly: boolean
  /** @throws AppError `validation_error` with the names of the filters */
  check(filters: Record<string, unknown>): void
  /** The content of the file: everything that the person may see on this snapshot. */
  write(writing: Writing): AsyncIterable<string | Uint8Array>
}
