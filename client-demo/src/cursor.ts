/** Where the page after this one begins; null = this was the last. */
export const cursorOf = (next: string | null): string | null =>
  next === null ? null : new URL(next, location.origin).searchParams.get('cursor')
