import createMarkdownIt, { type MarkdownIt } from 'markdown-it'
import { limits } from '../limits.ts'
import { bareLinks } from './bare-links.ts'
import { boundedDepth } from './depth.ts'
import { blocksFrom } from './from-tokens.ts'
import { struck } from './struck.ts'
import type { Block } from './tree.ts'

/** What a text may lead to and show; anything else stays as it was typed. */
export interface Allowed {
  link: (href: string) => boolean
  picture: (src: string) => boolean
}

/** Longer than anything that may be stored: not read at all. */
const longest = limits.post

/**
 * A reader of Markdown as CommonMark and GitHub define it (tables, task lists, text that is struck through, bare
 * addresses), in which HTML is text. However hostile a text is, the time that it takes grows with its length only.
 */
export function createReader(allowed: Allowed): (text: string) => Block[] {
  const md = createMarkdownIt({ html: false })
  md.use(bareLinks).use(struck).use(boundedDepth)
  // As it was typed: a name that looks like another one is not made to look like it.
  md.normalizeLinkText = text => text
  judgeAddresses(md, allowed)

  return text => {
    if (text.length > longest) return [{ kind: 'paragraph', content: [{ kind: 'text', text }], isTight: false }]
    return blocksFrom(md, md.parse(text, {}), allowed)
  }
}

/** The library asks about every address in the same way; while it looks at a picture, the address is judged as one. */
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
