import type { Token } from 'markdown-it'

export interface Node {
  token: Token
  children: Node[]
}

/** The greatest depth of nested emphasis; deeper marks stay as they were typed. */
const deepest = 20
const emphases = new Set(['strong', 'em', 's'])

/** Turns the library's flat list of opening and closing tokens into a tree. */
export function nest(tokens: readonly Token[]): Node[] {
  const root: Node[] = []
  const open: Node[][] = [root]
  let tooDeep = 0
  for (const token of tokens) {
    const isEmphasis = emphases.has(token.tag)
    if (isEmphasis && (tooDeep > 0 || (token.nesting === 1 && open.length > deepest))) {
      tooDeep += token.nesting
      token.type = 'text'
      token.content = token.markup
      open.at(-1)!.push({ token, children: [] })
    } else if (token.nesting === -1) open.pop()
    else {
      const node = { token, children: [] }
      open.at(-1)!.push(node)
      if (token.nesting === 1) open.push(node.children)
    }
  }
  return root
}
