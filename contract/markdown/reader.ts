import createMarkdownIt, { type MarkdownIt, type Token } from 'markdown-it'
import { limits } from '../limits.ts'
import { bareLinks } from './bare-links.ts'
import { boundedDepth } from './depth.ts'
import { blocksFrom } from './from-tokens.ts'
import { struck } from './struck.ts'
import type { Block } from './tree.ts'
import type { Allowed } from './allowed.ts'

/** Longer than any text that may be stored; not parsed at all. */
const longest = limits.post

/**
 * A text of nothing but marks becomes a hundred thousand elements, which block a page for seconds. Blocks after this
 * many parts are shown as they were typed; long posts of people have a tenth of them.
 */
const mostParts = 30_000

/**
 * A reader of Markdown as CommonMark and GitHub define it (tables, task lists, strikethrough, bare addresses), in which
 * HTML is plain text. The time to parse a text is proportional to its length, however hostile the text is.
 */
export function createReader(allowed: Allowed): (text: string) => Block[] {
  const md = createMarkdownIt({ html: false })
  md.use(bareLinks).use(struck).use(boundedDepth)
  // Not normalised: a name that looks like another one must not become equal to it.
  md.normalizeLinkText = text => text
  judgeAddresses(md, allowed)

  return text => {
    if (text.length > longest) return [asTyped(text)]
    const tokens = md.parse(text, {})
    const end = whatIsShown(tokens)
    const blocks = blocksFrom(md, tokens.slice(0, end), allowed)
    const line = tokens[end]?.map?.[0]
    return line === undefined
      ? blocks
      : [
          ...blocks,
          asTyped(
            text
              .split(/\r\n?|\n/)
              .slice(line)
              .join('\n'),
          ),
        ]
  }
}

const asTyped = (text: string): Block => ({ kind: 'code', text, language: '' })

/** The number of tokens that form complete blocks of the first level without exceeding the limit of parts. */
function whatIsShown(tokens: readonly Token[]): number {
  let parts = 0
  let end = 0
  for (const [at, { level, nesting, children }] of tokens.entries()) {
    parts += 1 + (children?.length ?? 0)
    if (parts > mostParts) return end
    if (level === 0 && nesting !== 1) end = at + 1
  }
  return end
}

/**
 * The library checks all addresses with the same function. While it parses a picture, the address is checked as that of
 * a picture.
 */
function judgeAddresses(md: MarkdownIt, allowed: Allowed): void {
  const { ruler } = md.inline
  const all = ruler.getRules('')
  ruler.disable('image')
  const others = new Set(ruler.getRules(''))
  const picture = all.find(rule => !others.has(rule))!
  let isPicture = false
  md.validateLink = href => (isPicture ? allowed.picture(href) : allowed.link(href))
  ruler.at('image', (state, silent) => {
    const before = isPicture
    isPicture = true
    try {
      return picture(state, silent)
    } finally {
      isPicture = before
    }
  })
  ruler.enable('image')
}
