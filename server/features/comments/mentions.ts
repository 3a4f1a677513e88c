import { mentionedIn as namesIn, readMarkdown } from '../../../contract/markdown/index.ts'

/** The most people that are looked up for one text. */
const mostMentions = 50

/**
 * Without these characters, the second of which can stand for the first, nobody is mentioned, and nothing has to be
 * parsed.
 */
const mayName = /[@&]/

/** The user names that a text mentions with `@`, as the page shows them, in lower case, each once. */
export const mentionedIn = (text: string): string[] =>
  mayName.test(text) ? namesIn(readMarkdown(text)).slice(0, mostMentions) : []
