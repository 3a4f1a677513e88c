/**
 * Why the server cannot start, written for the person who started it and shown without a stack trace. Any other error
 * during the start is a defect and is shown in full.
 */
export class StartError extends Error {
  override name = 'StartError'
}

/** Prints why the start failed. */
export function explain(error: unknown): void {
  console.error(error instanceof StartError ? `\n${error.message}\n` : error)
}
