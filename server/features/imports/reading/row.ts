/** A row as read; or why it cannot be read, which concerns this row only and not the file; or why it is not a row. */
export type Row =
  | { line: number; value: Record<string, unknown>; characters: number }
  | { line: number; fault: { field: string; message: string } }
  | { line: number; passed: string }

/** Characters of one row; a larger row is not examined. */
export const mostRowCharacters = 1024 * 1024

/** Fields of one row, or of a file's header: a field costs more than its characters. */
export const mostFields = 1_000

/**
 * Columns of a file, including those with the same name: Jira repeats `Comment` as often as its most discussed issue
 * needs.
 */
export const mostColumns = 20_000

export const tooLarge = (line: number): Row => ({
  line,
  fault: { field: 'row', message: `must have at most ${mostRowCharacters} characters` },
})
