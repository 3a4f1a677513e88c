import { isBlank } from '../../../sdk/index.ts'
import type { Block, Inline } from '../../../sdk/markdown/index.ts'

/** Whether somebody who hears the page hears something of it: a heading or link without words leads nowhere. */
export const isRead = (content: readonly Inline[]): boolean =>
  content.some(part => {
    if ('content' in part) return isRead(part.content)
    if (part.kind === 'image') return !isBlank(part.alt)
    return part.kind === 'mention' || ('text' in part && !isBlank(part.text))
  })

export const hasPicture = (content: readonly Inline[]): boolean =>
  content.some(part => part.kind === 'image' || ('content' in part && hasPicture(part.content)))

/**
 * How deep each heading lies below those it belongs to, from 0, in the order of reading. People choose a level by its
 * looks, leave some out and begin with any; who goes from heading to heading needs each one level below its parent.
 */
export function headingDepths(blocks: readonly Block[]): ReadonlyMap<Block, number> {
  const depths = new Map<Block, number>()
  const parents: number[] = []
  for (const heading of headingsIn(blocks)) {
    while (parents.length > 0 && parents.at(-1)! >= heading.level) parents.pop()
    depths.set(heading, parents.length)
    parents.push(heading.level)
  }
  return depths
}

function* headingsIn(blocks: readonly Block[]): Generator<Block & { kind: 'heading' }> {
  for (const block of blocks) {
    if (block.kind === 'heading' && isRead(block.content)) yield block
    else if (block.kind === 'quote') yield* headingsIn(block.content)
    else if (block.kind === 'list') for (const { content } of block.items) yield* headingsIn(content)
  }
}
