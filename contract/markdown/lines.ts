import type { Token } from 'markdown-it'
import { withMentions } from './mentions.ts'
import { nest, type Node } from './nest.ts'
import type { Allowed } from './allowed.ts'
import type { Inline } from './tree.ts'

const marks: Record<string, 'strong' | 'em' | 'struck'> = { strong_open: 'strong', em_open: 'em', s_open: 'struck' }
const plain = (text: string): Inline => ({ kind: 'text', text })

/** Converts the contents of a paragraph, a heading or a cell: one token, whose children are the text. */
export function lineReader(allowed: Allowed) {
  /** @param mayMention false inside a link, which leads elsewhere */
  function inline({ token, children }: Node, mayMention: boolean): Inline[] {
    const within = (may: boolean) => children.flatMap(node => inline(node, may))
    const mark = marks[token.type]
    if (mark !== undefined) return [{ kind: mark, content: within(mayMention) }]
    const title = String(token.attrGet('title') ?? '')
    switch (token.type) {
      case 'text':
      case 'text_special':
        if (token.content === '') return []
        return mayMention ? withMentions(token.content) : [plain(token.content)]
      case 'code_inline':
        return [{ kind: 'code', text: token.content }]
      case 'link_open': {
        const href = String(token.attrGet('href') ?? '')
        if (!allowed.link(href)) return [plain('['), ...within(mayMention), plain(`](${href})`)]
        return [{ kind: 'link', href, title, content: within(false) }]
      }
      case 'image':
        return picture(String(token.attrGet('src') ?? ''), altOf(token.children ?? []), title)
      case 'softbreak':
      case 'hardbreak':
        return [{ kind: 'break', isHard: token.type === 'hardbreak' }]
      default:
        throw new Error(`an unknown part of a line: ${token.type}`)
    }
  }

  /** A picture that may not be shown becomes a link to it, if that is allowed. */
  function picture(src: string, alt: string, title: string): Inline[] {
    if (allowed.picture(src)) return [{ kind: 'image', src, alt, title }]
    if (!allowed.link(src)) return [plain(`![${alt}](${src})`)]
    return [plain('!'), { kind: 'link', href: src, title, content: [plain(alt)] }]
  }

  return (children: readonly Node[]): Inline[] =>
    children.flatMap(({ token }) => nest(token.children ?? []).flatMap(node => inline(node, true)))
}

/** The alternative text of a picture, without marks. */
const altOf = (tokens: readonly Token[]): string =>
  tokens.map(token => (token.type === 'image' ? altOf(token.children ?? []) : brokenOr(token))).join('')

const brokenOr = ({ type, content }: Token) => (type.endsWith('break') ? '\n' : content)
