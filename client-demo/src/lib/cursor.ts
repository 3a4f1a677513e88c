/** Where the page after this one begins; null = this was the last. @param next with or without a host, which is not looked at */
export const cursorOf = (next: string | null): string | null =>
  next === null ? null : new URL(next, 'http://host').searchParams.get('cursor')
