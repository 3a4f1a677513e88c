import { Fragment, memo } from 'react'
import { mediaAddress } from '../media/address.ts'
import { Picture } from '../media/picture.tsx'
import { parseBlocks, type Block } from './blocks.ts'
import { parseInline, type Inline } from './inline.ts'
import { Mention } from './mention.tsx'

interface MarkdownProps {
  text: string
  /** People whom a name with `@` can mean; any other is shown as it was typed. */
  mentions: readonly number[]
  /** With headings, quotes and pictures of ours. */
  isPost?: boolean
}

/** Text that people write, as elements: no HTML comes out of it, whatever goes in. */
export const Markdown = memo(function Markdown({ text, mentions, isPost = false }: MarkdownProps) {
  return (
    <div className={`markdown${isPost ? ' markdown-post' : ''}`}>
      {parseBlocks(text, { isPost }).map((block, at) => (
        <BlockView key={at} block={block} mentions={mentions} isPost={isPost} />
      ))}
    </div>
  )
})

type Reading = Required<Pick<MarkdownProps, 'mentions' | 'isPost'>>

function BlockView({ block, ...reading }: { block: Block } & Reading) {
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
          <Lines lines={block.lines} {...reading} />
        </p>
      )
    case 'quote':
      return (
        <blockquote>
          <Lines lines={block.lines} {...reading} />
        </blockquote>
      )
    case 'heading': {
      // Below the title of the page.
      const Heading = `h${Math.min(6, block.level + 1)}` as 'h2'
      return (
        <Heading>
          <Inlines content={parseInline(block.text)} {...reading} />
        </Heading>
      )
    }
    case 'rule':
      return <hr />
    case 'list': {
      const items = block.items.map((lines, at) => (
        <li key={at}>
          <Lines lines={lines} {...reading} />
        </li>
      ))
      return block.ordered ? <ol>{items}</ol> : <ul>{items}</ul>
    }
    default:
      return block satisfies never
  }
}

/** A line that was ended by hand ends there. */
const Lines = ({ lines, ...reading }: { lines: string[] } & Reading) =>
  lines.map((line, at) => (
    <Fragment key={at}>
      {at > 0 && <br />}
      <Inlines content={parseInline(line, { images: reading.isPost })} {...reading} />
    </Fragment>
  ))

const Inlines = ({ content, ...reading }: { content: Inline[] } & Reading) =>
  content.map((part, at) => <InlineView key={at} part={part} {...reading} />)

function InlineView({ part, ...reading }: { part: Inline } & Reading) {
  switch (part.kind) {
    case 'text':
      return part.text
    case 'code':
      return <code>{part.text}</code>
    case 'strong':
      return (
        <strong>
          <Inlines content={part.content} {...reading} />
        </strong>
      )
    case 'em':
      return (
        <em>
          <Inlines content={part.content} {...reading} />
        </em>
      )
    case 'link':
      return (
        <a href={part.href} target="_blank" rel="noopener noreferrer nofollow">
          <Inlines content={part.content} {...reading} />
        </a>
      )
    case 'mention':
      return <Mention username={part.username} among={reading.mentions} />
    case 'image':
      return <Picture src={mediaAddress(part.mediaId)} alt={part.alt} />
    default:
      return part satisfies never
  }
}
