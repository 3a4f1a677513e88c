import type { Block, Cell, Item } from '../../../sdk/markdown/index.ts'
import { Inlines } from './inline-view.tsx'
import type { Reader } from './reader.ts'
import { isRead } from './structure.ts'

/** Below the title of a page, and below those of a dialog and its parts. */
const firstLevel = { post: 2, other: 4 }

export function BlockView({ block, ...reader }: { block: Block } & Reader) {
  switch (block.kind) {
    case 'paragraph': {
      const line = <Inlines content={block.content} {...reader} />
      return block.isTight ? line : <p dir="auto">{line}</p>
    }
    case 'heading': {
      const line = <Inlines content={block.content} {...reader} />
      const depth = reader.headingDepths.get(block)
      if (depth === undefined) return <p>{line}</p>
      const first = reader.isPost ? firstLevel.post : firstLevel.other
      const Heading = `h${Math.min(6, first + depth)}` as 'h2'
      return (
        <Heading dir="auto" data-level={block.level}>
          {line}
        </Heading>
      )
    }
    case 'quote':
      return (
        <blockquote>
          <Blocks content={block.content} {...reader} />
        </blockquote>
      )
    case 'list': {
      const items = block.items.map((item, at) => <ItemView key={at} item={item} {...reader} />)
      return block.start === null ? <ul>{items}</ul> : <ol start={block.start}>{items}</ol>
    }
    case 'code':
      return (
        <pre tabIndex={0}>
          <code>{block.text.replace(/\n$/, '')}</code>
        </pre>
      )
    case 'table':
      return (
        <div className="markdown-table" tabIndex={0} role="group" aria-label="Table">
          <table>
            <thead>
              <tr>
                {block.head.map((cell, at) => (
                  <CellView key={at} name="th" cell={cell} {...reader} />
                ))}
              </tr>
            </thead>
            <tbody>
              {block.rows.map((row, nth) => (
                <tr key={nth}>
                  {row.map((cell, at) => (
                    <CellView key={at} name="td" cell={cell} {...reader} />
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )
    case 'rule':
      return <hr />
    default:
      return block satisfies never
  }
}

const Blocks = ({ content, ...reader }: { content: readonly Block[] } & Reader) =>
  content.map((block, at) => <BlockView key={at} block={block} {...reader} />)

function ItemView({ item: { isDone, content }, ...reader }: { item: Item } & Reader) {
  if (isDone === null) {
    return (
      <li dir="auto">
        <Blocks content={content} {...reader} />
      </li>
    )
  }
  return (
    <li dir="auto" className="markdown-task">
      <input type="checkbox" disabled checked={isDone} aria-label={isDone ? 'Done' : 'To be done'} />
      <div>
        <Blocks content={content} {...reader} />
      </div>
    </li>
  )
}

function CellView({ name, cell, ...reader }: { name: 'th' | 'td'; cell: Cell } & Reader) {
  // An empty head of a column is the head of nothing.
  const Name = isRead(cell.content) ? name : 'td'
  return (
    <Name dir="auto" data-align={cell.align ?? undefined}>
      <Inlines content={cell.content} {...reader} />
    </Name>
  )
}
