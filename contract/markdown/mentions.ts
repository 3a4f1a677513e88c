import { inlinesIn, type Block, type Inline } from './tree.ts'

/** `@ann` but neither `mail@ann` nor `@@ann`; a full stop after it belongs to the sentence. */
const mention = /(?<![\w@./-])@([A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?)/g

/** Plain text with the mentions in it as separate parts. */
export function withMentions(text: string): Inline[] {
  const parts: Inline[] = []
  let end = 0
  for (const { 0: whole, 1: username, index } of text.matchAll(mention)) {
    if (index > end) parts.push({ kind: 'text', text: text.slice(end, index) })
    parts.push({ kind: 'mention', username: username! })
    end = index + whole.length
  }
  if (end < text.length) parts.push({ kind: 'text', text: text.slice(end) })
  return parts
}

/** The user names that a text mentions, in lower case, each once, in order. */
export function mentionedIn(blocks: readonly Block[]): string[] {
  const names = new Set<string>()
  for (const part of inlinesIn(blocks)) if (part.kind === 'mention') names.add(part.username.toLowerCase())
  return [...names]
}
