import assert from 'node:assert/strict'
import { parseBlocks } from '../../client-demo/src/markdown/blocks.ts'
import { mediaIdsIn } from '../../client-demo/src/markdown/plain-text.ts'
import { parseInline, type Inline } from '../../client-demo/src/markdown/inline.ts'

/** `b(…)` for bold and so on: shorter to read than a tree. */
const shown = (content: Inline[]): string =>
  content
    .map(part => {
      if (part.kind === 'text') return part.text
      if (part.kind === 'code') return `code(${part.text})`
      if (part.kind === 'mention') return `at(${part.username})`
      if (part.kind === 'image') return `image(${part.mediaId}|${part.alt})`
      if (part.kind === 'link') return `link(${part.href}|${shown(part.content)})`
      return `${part.kind}(${shown(part.content)})`
    })
    .join('')
const inline = (text: string) => shown(parseInline(text))

describe('markdown of comments', () => {
  const cases = {
    'a **bold** and *thin* __word__ _here_': 'a strong(bold) and em(thin) strong(word) em(here)',
    '**bold *and thin* here**': 'strong(bold em(and thin) here)',
    'not snake_case_name, 2 * 3 * 4, ** nothing': 'not snake_case_name, 2 * 3 * 4, ** nothing',
    '`**code**` and `open': 'code(**code**) and `open',
    'see https://a.example/x?y=1, or (https://b.example).':
      'see link(https://a.example/x?y=1|https://a.example/x?y=1), or (link(https://b.example|https://b.example)).',
    '[here](https://a.example/b_(c))': 'link(https://a.example/b_(c)|here)',
    'ask @ann.bee. Not mail@ann, nor `@ann`': 'ask at(ann.bee). Not mail@ann, nor code(@ann)',
  }
  for (const [text, expected] of Object.entries(cases)) {
    it(`[PG14] ${text}`, () => assert.equal(inline(text), expected))
  }

  for (const text of [
    '[x](javascript:alert(1))',
    '[x](data:text/html,hi)',
    '[x](//evil.example)',
    'javascript:alert(1)',
    '<img src=x onerror=alert(1)>',
    '<script>alert(1)</script>',
  ]) {
    it(`[PG14] stays text: ${text}`, () => assert.deepEqual(parseInline(text), [{ kind: 'text', text }]))
  }

  it('[PG14] paragraphs, lists and fenced code, and nothing is lost', () => {
    const text = 'one\ntwo\n\n- a\n- b\n  goes on\n1. c\n```js\n**x**\n\n- y\n```\n# three'
    assert.deepEqual(parseBlocks(text), [
      { kind: 'paragraph', lines: ['one', 'two'] },
      { kind: 'list', ordered: false, items: [['a'], ['b', 'goes on']] },
      { kind: 'list', ordered: true, items: [['c']] },
      { kind: 'code', lines: ['**x**', '', '- y'] },
      { kind: 'paragraph', lines: ['# three'] },
    ])
    assert.deepEqual(parseBlocks('```\nnever closed'), [{ kind: 'code', lines: ['never closed'] }])
  })

  for (const piece of ['*', '**a ', '_*', '[', '`', '@', '[a](http://', 'http://(', '- ', '```\n']) {
    it(`[PG14] the longest comment of nothing but ${JSON.stringify(piece)} is read in no time`, () => {
      const text = piece.repeat(20_000 / piece.length)
      const start = performance.now()
      for (const block of parseBlocks(text)) if (block.kind === 'paragraph') block.lines.map(line => parseInline(line))
      assert.ok(performance.now() - start < 500)
    })
  }

  it('[PG24] only a post has pictures, and of ours alone', () => {
    const text = '![a](/api/v1/blog/media/7/file) ![b](/api/blog/media/8) ![c](https://a.example/x.png) ![d](/other/9)'
    const shownIn = (images: boolean) => shown(parseInline(text, { images }))
    assert.equal(shownIn(true), 'image(7|a) image(8|b) !link(https://a.example/x.png|c) ![d](/other/9)')
    assert.equal(
      shownIn(false),
      '![a](/api/v1/blog/media/7/file) ![b](/api/blog/media/8) !link(https://a.example/x.png|c) ![d](/other/9)',
    )
  })

  it('[PG24] only a post has headings, quotes and rules', () => {
    const text = '# One ##\n\n> said\n> so\n\n---\ntext'
    assert.deepEqual(parseBlocks(text, { isPost: true }), [
      { kind: 'heading', level: 1, text: 'One' },
      { kind: 'quote', lines: ['said', 'so'] },
      { kind: 'rule' },
      { kind: 'paragraph', lines: ['text'] },
    ])
    assert.ok(parseBlocks(text).every(({ kind }) => kind === 'paragraph'))
  })

  it('[PG24] what a post shows is told from its text, but not from its code', () => {
    const text =
      '![a](/api/v1/blog/media/7/file)\n\n```\n![b](/api/v1/blog/media/8/file)\n```\n\n- **x** ![c](/api/v1/blog/media/7)'
    assert.deepEqual(mediaIdsIn(parseBlocks(text, { isPost: true })), [7])
  })

  for (const piece of ['# ', '#', ' ', '![', '> ', '- ']) {
    it(`[PG24] a post of ${JSON.stringify(piece)} again and again is read at once`, () => {
      const start = performance.now()
      mediaIdsIn(
        parseBlocks(
          `# ${piece.repeat(50_000)}x
${piece.repeat(25_000)}`,
          { isPost: true },
        ),
      )
      assert.ok(performance.now() - start < 1_000)
    })
  }
})
