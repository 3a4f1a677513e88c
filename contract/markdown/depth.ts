import type { MarkdownIt } from 'markdown-it'

/** The levels of quotes and lists; an item of a list counts as two. */
const deepest = 24

/**
 * Deeper blocks become paragraphs with the text as it was typed. The library would drop them, and nobody can read a
 * page of a thousand nested boxes.
 */
export function boundedDepth(md: MarkdownIt): void {
  md.block.ruler.before('table', 'too_deep', (state, start, end, silent) => {
    if (state.level < deepest) return false
    if (silent) return true
    state.line = end
    state.push('paragraph_open', 'p', 1).map = [start, end]
    const text = state.push('inline', '', 0)
    text.content = state.getLines(start, end, state.blkIndent, false).trim()
    text.map = [start, end]
    text.children = []
    state.push('paragraph_close', 'p', -1)
    return true
  })
}
