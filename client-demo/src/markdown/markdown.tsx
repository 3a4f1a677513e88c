import { memo, Suspense, use } from 'react'
import { mediaAddress } from '../media/address.ts'
import { BlockView } from './block-view.tsx'
import type { Reader } from './reader.ts'
import { tryReading } from './reading.ts'
import { headingDepths } from './structure.ts'

interface MarkdownProps {
  text: string
  /** People whom a name with `@` can mean; any other is shown as it was typed. */
  mentions?: readonly number[]
  /** With pictures of ours. */
  isPost?: boolean
}

const nobody: readonly number[] = []

/** Text that people write, as elements: no HTML comes out of it, whatever goes in. */
export const Markdown = memo(function Markdown({ text, mentions = nobody, isPost = false }: MarkdownProps) {
  return (
    <div className={`markdown${isPost ? ' markdown-post' : ''}`}>
      <Suspense fallback={<AsTyped text={text} />}>
        <Read text={text} mentions={mentions} isPost={isPost} />
      </Suspense>
    </div>
  )
})

function Read({ text, mentions, isPost }: Required<MarkdownProps>) {
  const reading = use(tryReading())
  if (!reading) return <AsTyped text={text} />
  const blocks = isPost ? reading.readPost(text) : reading.readMarkdown(text)
  const pictureAt = (src: string) => mediaAddress(reading.mediaIdOf(src))
  const reader: Reader = { mentions, isPost, headingDepths: headingDepths(blocks), pictureAt }
  return blocks.map((block, at) => <BlockView key={at} block={block} {...reader} />)
}

const AsTyped = ({ text }: { text: string }) => (
  <p className="as-typed" dir="auto">
    {text}
  </p>
)
