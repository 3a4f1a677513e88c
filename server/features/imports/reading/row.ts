/** A row as it was read; or why it cannot be, which is its own affair and not the file's; or why it is none. */
export type Row =
  | { line: number; value: Record<string, unknown>; characters: number }
  | { line: number; fault: { field: string; message: string } }
  | { line: number; passed: string }

/** Of one row, in characters: nothing larger is looked at. */
export const mostRowCharacters = 1024 * 1024

/** Of one row, or of a file that names its columns: a field costs more than its characters. */
export const mostFields = 1_000

/** Of a file, those included that are called alike: Jira repeats `Comment` as often as its most discussed issue needs. */
export const mostColumns = 20_000

export const tooLarge = (line: number): Row => ({
  line,
  fault: { field: 'row', message: `must have at most ${mostRowCharacters} characters` },
})
