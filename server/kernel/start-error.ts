/**
 * Why the server cannot start, in words for the person who started it: shown without a stack trace.
 * Anything else that is thrown on the way up is a defect and is shown in full.
 */
export class StartError extends Error {
  override name = 'StartError'
}

/** Tells the person who started it why that failed. */
export function explain(error: unknown): void {
  console.error(error instanceof StartError ? `\n${error.message}\n` : error)
}
