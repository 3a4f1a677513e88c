/** Code is quoted, and nobody is meant by what stands in it. */
const code = /```[\s\S]*?(?:```|$)|`[^`\n]*`/g
/** `@ann` but neither `mail@ann` nor `@@ann`; a full stop after it is the sentence's. */
const mention = /(?<![\w@./-])@([A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?)/g

/** At most so many people are looked up for one text. */
const mostMentions = 50

/** Usernames that a text names with `@`, in lower case, each once. */
export const mentionedIn = (text: string): string[] =>
  [...new Set(Array.from(text.replace(code, ' ').matchAll(mention), ([, name]) => name!.toLowerCase()))].slice(
    0,
    mostMentions,
  )
