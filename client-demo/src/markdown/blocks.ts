/** What a comment is made of. Lines are text, still to be read by `parseInline`. */
export type Block =
  | { kind: 'paragraph'; lines: string[] }
  | { kind: 'list'; ordered: boolean; items: string[][] }
  | { kind: 'code'; lines: string[] }

const fence = /^\s{0,3}```/
const bullet = /^\s{0,3}[-*+]\s+(.*)$/
const numbered = /^\s{0,3}\d{1,9}[.)]\s+(.*)$/

function itemOf(line: string): { ordered: boolean; text: string } | null {
  const [plain, number] = [bullet.exec(line), numbered.exec(line)]
  const text = (plain ?? number)?.[1]
  return text === undefined ? null : { ordered: plain === null, text }
}

/** Paragraphs, lists of one level and fenced code; everything else is a paragraph, for nothing that is written is lost. */
export function parseBlocks(source: string): Block[] {
  const blocks: Block[] = []
  /** What the next line goes on with; null after an empty one. */
  let open: Block | null = null

  for (const line of source.split(/\r\n?|\n/)) {
    if (open?.kind === 'code') {
      if (fence.test(line)) open = null
      else open.lines.push(line)
      continue
    }
    const item = itemOf(line)
    if (fence.test(line)) {
      blocks.push((open = { kind: 'code', lines: [] }))
    } else if (line.trim() === '') {
      open = null
    } else if (item) {
      if (open?.kind === 'list' && open.ordered === item.ordered) open.items.push([item.text])
      else blocks.push((open = { kind: 'list', ordered: item.ordered, items: [[item.text]] }))
    } else if (open?.kind === 'list') {
      open.items.at(-1)!.push(line.trim())
    } else if (open?.kind === 'paragraph') {
      open.lines.push(line)
    } else {
      blocks.push((open = { kind: 'paragraph', lines: [line] }))
    }
  }
  return blocks
}
