import type { Inline } from '../../../sdk/markdown/index.ts'
import { Picture } from '../media/picture.tsx'
import type { Reader } from './reader.ts'
import { Mention } from './mention.tsx'
import { hasPicture, isRead } from './structure.ts'

export const Inlines = ({ content, ...reader }: { content: readonly Inline[] } & Reader) =>
  content.map((part, at) => <InlineView key={at} part={part} {...reader} />)

const elements = { strong: 'strong', em: 'em', struck: 'del' } as const

function InlineView({ part, ...reader }: { part: Inline } & Reader) {
  switch (part.kind) {
    case 'text':
      return part.text
    case 'code':
      return <code>{part.text}</code>
    case 'strong':
    case 'em':
    case 'struck': {
      const Element = elements[part.kind]
      return (
        <Element>
          <Inlines content={part.content} {...reader} />
        </Element>
      )
    }
    case 'link': {
      // A link without words is named by where it leads.
      const name = isRead(part.content) ? undefined : part.href
      const isPicture = hasPicture(part.content)
      return (
        <a
          href={part.href}
          title={part.title || undefined}
          aria-label={isPicture ? name : undefined}
          target="_blank"
          rel="noopener noreferrer nofollow"
        >
          <Inlines content={part.content} {...reader} />
          {!isPicture && name}
        </a>
      )
    }
    case 'mention':
      return <Mention username={part.username} among={reader.mentions} />
    case 'image':
      return <Picture src={reader.pictureAt(part.src)} alt={part.alt} />
    case 'break':
      // Whoever ends a line by hand, in a comment as in a poem, means it.
      return <br />
    default:
      return part satisfies never
  }
}
