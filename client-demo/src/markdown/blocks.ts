/** What a text is made of. Lines are text, still to be read by `parseInline`. */
export type Block =
  | { kind: 'paragraph' | 'quote'; lines: string[] }
  | { kind: 'heading'; level: number; text: string }
  | { kind: 'rule' }
  | { kind: 'list'; ordered: boolean; items: string[][] }
  | { kind: 'code'; lines: string[] }

const fence = /^\s{0,3}```/
const bullet = /^\s{0,3}[-*+]\s+(.*)$/
const numbered = /^\s{0,3}\d{1,9}[.)]\s+(.*)$/

const heading = /^\s{0,3}(#{1,6})\s+(.*)$/
const quote = /^\s{0,3}>\s?(.*)$/
const rule = /^\s{0,3}(?:-[ \t]*){3,}$/

function itemOf(line: string): { ordered: boolean; text: string } | null {
  const [plain, number] = [bullet.exec(line), numbered.exec(line)]
  const text = (plain ?? number)?.[1]
  return text === undefined ? null : { ordered: plain === null, text }
}

/** Marks behind a heading mirror those before it, and are no part of it. */
function withoutClosingMarks(title: string): string {
  const trimmed = title.trimEnd()
  let end = trimmed.length
  while (trimmed[end - 1] === '#') end -= 1
  return end === 0 || /\s/.test(trimmed[end - 1]!) ? trimmed.slice(0, end).trimEnd() : trimmed
}

/** What only longer texts have; in a comment it stays as it was typed. */
function sectionOf(line: string): Block | null {
  const [, marks, title] = heading.exec(line) ?? []
  if (marks !== undefined) return { kind: 'heading', level: marks.length, text: withoutClosingMarks(title ?? '') }
  return rule.test(line) ? { kind: 'rule' } : null
}

/**
 * Paragraphs, lists of one level and fenced code, and in a post headings, quotes and rules; everything else is a
 * paragraph, for nothing that is written is lost.
 */
export function parseBlocks(source: string, { isPost = false } = {}): Block[] {
  const blocks: Block[] = []
  /** What the next line goes on with; null after an empty one. */
  let open: Block | null = null

  for (const line of source.split(/\r\n?|\n/)) {
    if (open?.kind === 'code') {
      if (fence.test(line)) open = null
      else open.lines.push(line)
      continue
    }
    const section = isPost ? sectionOf(line) : null
    const quoted = isPost ? quote.exec(line)?.[1] : undefined
    const item = itemOf(line)
    if (fence.test(line)) {
      blocks.push((open = { kind: 'code', lines: [] }))
    } else if (section) {
      blocks.push(section)
      open = null
    } else if (quoted !== undefined) {
      if (open?.kind === 'quote') open.lines.push(quoted)
      else blocks.push((open = { kind: 'quote', lines: [quoted] }))
    } else if (line.trim() === '') {
      open = null
    } else if (item) {
      if (open?.kind === 'list' && open.ordered === item.ordered) open.items.push([item.text])
      else blocks.push((open = { kind: 'list', ordered: item.ordered, items: [[item.text]] }))
    } else if (open?.kind === 'list') {
      open.items.at(-1)!.push(line.trim())
    } else if (open?.kind === 'paragraph' || open?.kind === 'quote') {
      open.lines.push(line)
    } else {
      blocks.push((open = { kind: 'paragraph', lines: [line] }))
    }
  }
  return blocks
}
