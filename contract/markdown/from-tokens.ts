import type { MarkdownIt, Token } from 'markdown-it'
import { nest, type Node } from './nest.ts'
import { lineReader } from './lines.ts'
import type { Allowed } from './allowed.ts'
import type { Block, Cell, Item } from './tree.ts'

const box = /^\[([ xX])\]\s+(?=\S)/
const alignments = ['left', 'center', 'right'] as const

/** @param allowed checked again here, for what the library accepts without asking, such as an empty address */
export function blocksFrom(md: MarkdownIt, tokens: readonly Token[], allowed: Allowed): Block[] {
  const lineOf = lineReader(allowed)
  const blocks = (nodes: readonly Node[]): Block[] => nodes.map(block)

  function block({ token, children }: Node): Block {
    switch (token.type) {
      case 'paragraph_open':
        return { kind: 'paragraph', content: lineOf(children), isTight: token.hidden }
      case 'heading_open':
        return { kind: 'heading', level: Number(token.tag.slice(1)), content: lineOf(children) }
      case 'blockquote_open':
        return { kind: 'quote', content: blocks(children) }
      case 'bullet_list_open':
        return { kind: 'list', start: null, items: children.map(item) }
      case 'ordered_list_open':
        return { kind: 'list', start: Number(token.attrGet('start') ?? 1), items: children.map(item) }
      case 'code_block':
      case 'fence':
        return {
          kind: 'code',
          text: token.content,
          language: md.utils.unescapeAll(token.info.trim()).split(/\s+/)[0] ?? '',
        }
      case 'table_open': {
        const [head = [], ...rows] = children.flatMap(part => part.children).map(row => row.children.map(cell))
        return { kind: 'table', head, rows }
      }
      case 'hr':
        return { kind: 'rule' }
      default:
        throw new Error(`an unknown block: ${token.type}`)
    }
  }

  function item({ children }: Node): Item {
    const content = blocks(children)
    const [first] = content
    // Checked in the source, where `\[x]` is not a checkbox.
    const [mark, letter] = box.exec(children[0]?.children[0]?.token.content ?? '') ?? []
    const [text, ...others] = first?.kind === 'paragraph' ? first.content : []
    if (mark === undefined || first?.kind !== 'paragraph' || text?.kind !== 'text' || !text.text.startsWith('[')) {
      return { isDone: null, content }
    }
    const rest = text.text.slice(mark.length)
    const line = rest === '' ? others : [{ ...text, text: rest }, ...others]
    return { isDone: letter !== ' ', content: [{ ...first, content: line }, ...content.slice(1)] }
  }

  const cell = ({ token, children }: Node): Cell => {
    const style = String(token.attrGet('style') ?? '')
    return { align: alignments.find(align => style.endsWith(align)) ?? null, content: lineOf(children) }
  }

  return blocks(nest(tokens))
}
