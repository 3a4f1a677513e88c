import type { MarkdownIt } from 'markdown-it'

type InlineRule = Parameters<MarkdownIt['inline']['ruler']['at']>[1]
type EndRule = Parameters<MarkdownIt['inline']['ruler2']['at']>[1]
type State = Parameters<EndRule>[0]

const tilde = 0x7e
/**
 * `~` and `~~` are different marks: one does not close the other. Markers beyond Unicode, so they conflict with
 * nothing.
 */
const markers: Record<number, number> = { 1: 0x110001, 2: 0x110002 }
const isOurs = (marker: number) => marker === markers[1] || marker === markers[2]

const open: InlineRule = (state, silent) => {
  if (silent || state.src.charCodeAt(state.pos) !== tilde) return false
  const { length, can_open, can_close } = state.scanDelims(state.pos, true)
  state.push('text', '', 0).content = '~'.repeat(length)
  const marker = markers[length]
  if (marker !== undefined) {
    const token = state.tokens.length - 1
    state.delimiters.push({ marker, length: 0, token, end: -1, open: can_open, close: can_close })
  }
  state.pos += length
  return true
}

function pair(state: State, delimiters: State['delimiters']) {
  for (const { marker, end, token } of delimiters) {
    if (!isOurs(marker) || end === -1) continue
    const [first, last] = [state.tokens[token]!, state.tokens[delimiters[end]!.token]!]
    Object.assign(first, { type: 's_open', tag: 's', nesting: 1, markup: first.content, content: '' })
    Object.assign(last, { type: 's_close', tag: 's', nesting: -1, markup: last.content, content: '' })
  }
}

const close: EndRule = state => {
  pair(state, state.delimiters)
  for (const meta of state.tokens_meta) if (meta?.delimiters) pair(state, meta.delimiters)
}

/** Strikethrough with one tilde or two, as on GitHub; the library supports only two. */
export function struck(md: MarkdownIt): void {
  md.inline.ruler.at('strikethrough', open)
  md.inline.ruler2.at('strikethrough', close)
}
