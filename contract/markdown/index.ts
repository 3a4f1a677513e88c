/**
 * Reading Markdown. It is separate from the rest of the contract, so that only its users load the library behind it.
 */
import { createReader } from './reader.ts'
import { inlinesIn, type Block } from './tree.ts'

export { mentionedIn } from './mentions.ts'
export type { Allowed } from './allowed.ts'
export { createReader } from './reader.ts'
export { inlinesIn, type Block, type Cell, type Inline, type Item } from './tree.ts'

const isWeb = (href: string) => /^https?:\/\/[^/]/i.test(href)
/** Only our own files, by their address: any other server would learn who reads here. */
const ourPicture = /^\/api\/(?:v1\/)?blog\/media\/([1-9]\d{0,14})(?:\/file)?$/

/** The id of the file that a picture in a post shows. @param src as the reader returns it */
export const mediaIdOf = (src: string): number => Number(ourPicture.exec(src)?.[1])

/** A comment or a description: links to the web, and no pictures. */
export const readMarkdown = createReader({ link: isWeb, picture: () => false })

/** A post: also pictures that are our own files. */
export const readPost = createReader({ link: isWeb, picture: src => ourPicture.test(src) })

/** The files that a post shows, each once, in order. */
export function mediaIdsIn(blocks: readonly Block[]): number[] {
  const ids = new Set<number>()
  for (const part of inlinesIn(blocks)) if (part.kind === 'image') ids.add(mediaIdOf(part.src))
  return [...ids]
}

/** The text without marks and pictures, in one line. */
export function plainText(blocks: readonly Block[]): string {
  const parts: string[] = []
  for (const block of blocks) {
    if (block.kind === 'code') parts.push(block.text)
    else if (block.kind === 'quote') parts.push(plainText(block.content))
    else if (block.kind === 'list') parts.push(...block.items.map(({ content }) => plainText(content)))
    else parts.push([...inlinesIn([block])].map(wordOf).join(block.kind === 'table' ? ' ' : ''))
  }
  return parts.join(' ').replace(/\s+/g, ' ').trim()
}

function wordOf(part: ReturnType<typeof inlinesIn> extends Generator<infer Part> ? Part : never): string {
  if (part.kind === 'text' || part.kind === 'code') return part.text
  if (part.kind === 'mention') return `@${part.username}`
  return part.kind === 'break' ? ' ' : ''
}
