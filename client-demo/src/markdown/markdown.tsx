import { Fragment, memo } from 'react'
import { parseBlocks, type Block } from './blocks.ts'
import { parseInline, type Inline } from './inline.ts'
import { Mention } from './mention.tsx'

interface MarkdownProps {
  text: string
  /** People whom a name with `@` can mean; any other is shown as it was typed. */
  mentions: readonly number[]
}

/** Text that people write, as elements: no HTML comes out of it, whatever goes in. */
export const Markdown = memo(function Markdown({ text, mentions }: MarkdownProps) {
  return (
    <div className="markdown">
      {parseBlocks(text).map((block, at) => (
        <BlockView key={at} block={block} mentions={mentions} />
      ))}
    </div>
  )
})

type WithMentions = Pick<MarkdownProps, 'mentions'>

function BlockView({ block, mentions }: { block: Block } & WithMentions) {
  switch (block.kind) {
    case 'code':
      return (
        <pre tabIndex={0}>
          <code>{block.lines.join('\n')}</code>
        </pre>
      )
    case 'paragraph':
      return (
        <p>
          <Lines lines={block.lines} mentions={mentions} />
        </p>
      )
    case 'list': {
      const items = block.items.map((lines, at) => (
        <li key={at}>
          <Lines lines={lines} mentions={mentions} />
        </li>
      ))
      return block.ordered ? <ol>{items}</ol> : <ul>{items}</ul>
    }
    default:
      return block satisfies never
  }
}

/** A line that was ended by hand ends there. */
const Lines = ({ lines, mentions }: { lines: string[] } & WithMentions) =>
  lines.map((line, at) => (
    <Fragment key={at}>
      {at > 0 && <br />}
      <Inlines content={parseInline(line)} mentions={mentions} />
    </Fragment>
  ))

const Inlines = ({ content, mentions }: { content: Inline[] } & WithMentions) =>
  content.map((part, at) => <InlineView key={at} part={part} mentions={mentions} />)

function InlineView({ part, mentions }: { part: Inline } & WithMentions) {
  switch (part.kind) {
    case 'text':
      return part.text
    case 'code':
      return <code>{part.text}</code>
    case 'strong':
      return (
        <strong>
          <Inlines content={part.content} mentions={mentions} />
        </strong>
      )
    case 'em':
      return (
        <em>
          <Inlines content={part.content} mentions={mentions} />
        </em>
      )
    case 'link':
      return (
        <a href={part.href} target="_blank" rel="noopener noreferrer nofollow">
          <Inlines content={part.content} mentions={mentions} />
        </a>
      )
    case 'mention':
      return <Mention username={part.username} among={mentions} />
    default:
      return part satisfies never
  }
}
