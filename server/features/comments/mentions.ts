import { mentionedIn as namesIn, readMarkdown } from '../../../contract/markdown/index.ts'

/** At most so many people are looked up for one text. */
const mostMentions = 50

/** Without these signs, the second of which can stand for the first, nobody is named, and nothing has to be read. */
const mayName = /[@&]/

/** Usernames that a text names with `@` as the page shows it, in lower case, each once. */
export const mentionedIn = (text: string): string[] =>
  mayName.test(text) ? namesIn(readMarkdown(text)).slice(0, mostMentions) : []
