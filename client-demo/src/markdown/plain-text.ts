import type { Block } from './blocks.ts'
import { parseInline, type Inline } from './inline.ts'

const textOf = (part: Inline): string => {
  switch (part.kind) {
    case 'text':
    case 'code':
      return part.text
    case 'mention':
      return `@${part.username}`
    case 'image':
      return ''
    default:
      return part.content.map(textOf).join('')
  }
}

const linesOf = (block: Block): string[] => {
  switch (block.kind) {
    case 'heading':
      return [block.text]
    case 'rule':
      return []
    case 'list':
      return block.items.flat()
    default:
      return block.lines
  }
}

/** What is written, without marks and pictures, in one line. */
export const plainText = (blocks: readonly Block[]): string =>
  blocks
    .flatMap(linesOf)
    .map(line => parseInline(line, { images: true }).map(textOf).join('').trim())
    .filter(line => line !== '')
    .join(' ')

/** The files that a text shows, each once, in its order. */
export function mediaIdsIn(blocks: readonly Block[]): number[] {
  const ids = (parts: Inline[]): number[] =>
    parts.flatMap(part => (part.kind === 'image' ? [part.mediaId] : 'content' in part ? ids(part.content) : []))
  return [
    ...new Set(
      blocks
        .filter(({ kind }) => kind !== 'code' && kind !== 'heading')
        .flatMap(linesOf)
        .flatMap(line => ids(parseInline(line, { images: true }))),
    ),
  ]
}
