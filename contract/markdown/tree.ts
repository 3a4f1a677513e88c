/** A parsed text, the same for the page, which shows it, and the server, which looks for mentions and files in it. */
export type Block =
  | {
      kind: 'paragraph'
      content: Inline[]
      /** A list without blank lines, shown without gaps. */ isTight: boolean
    }
  | { kind: 'heading'; level: number; content: Inline[] }
  | { kind: 'quote'; content: Block[] }
  | { kind: 'list'; /** The first number; null = without numbers. */ start: number | null; items: Item[] }
  | { kind: 'code'; text: string; /** What stands behind the opening marks, such as `js`. */ language: string }
  | { kind: 'table'; head: Cell[]; rows: Cell[][] }
  | { kind: 'rule' }

export interface Item {
  /** For a task list; null means an ordinary item. */
  isDone: boolean | null
  content: Block[]
}

export interface Cell {
  align: 'left' | 'center' | 'right' | null
  content: Inline[]
}

/** The parts of a line of text. None of them is ever HTML. */
export type Inline =
  | { kind: 'text'; text: string }
  | { kind: 'code'; text: string }
  | { kind: 'strong' | 'em' | 'struck'; content: Inline[] }
  | { kind: 'link'; href: string; title: string; content: Inline[] }
  | { kind: 'image'; src: string; alt: string; title: string }
  | { kind: 'mention'; username: string }
  | { kind: 'break'; /** Asked for by marks, not just the end of a line. */ isHard: boolean }

/** Every inline part of a text, parents before children, in reading order. */
export function* inlinesIn(blocks: readonly Block[]): Generator<Inline> {
  for (const block of blocks) {
    switch (block.kind) {
      case 'paragraph':
      case 'heading':
        yield* within(block.content)
        break
      case 'quote':
        yield* inlinesIn(block.content)
        break
      case 'list':
        for (const { content } of block.items) yield* inlinesIn(content)
        break
      case 'table':
        for (const { content } of [block.head, ...block.rows].flat()) yield* within(content)
        break
      case 'code':
      case 'rule':
        break
      default:
        block satisfies never
    }
  }
}

function* within(parts: readonly Inline[]): Generator<Inline> {
  for (const part of parts) {
    yield part
    if ('content' in part) yield* within(part.content)
  }
}
