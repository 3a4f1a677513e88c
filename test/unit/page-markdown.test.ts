import assert from 'node:assert/strict'
import { headingDepths, isRead } from '../../client-demo/src/markdown/structure.ts'
import { readMarkdown } from '../../contract/markdown/index.ts'

describe('the structure of Markdown on the page', () => {
  const depths = (text: string) => [...headingDepths(readMarkdown(text)).values()]

  for (const [text, expected] of [
    ['# a\n## b\n### c', [0, 1, 2]],
    ['### a\n### b', [0, 0]],
    ['##### a\n## b\n# c', [0, 0, 0]],
    ['# a\n#### b\n## c\n###### d\n# e', [0, 1, 1, 2, 0]],
    ['## a\n\n> #### b\n\n- # c\n  - ### d\n\n## e', [0, 1, 0, 1, 1]],
    ['a\n===\n\n#\n\n### &nbsp;\n\nb\n---', [0, 1]],
  ] as const)
    it(`[EO7] leaves no level of headings out: ${JSON.stringify(text)}`, () => {
      assert.deepEqual(depths(text), expected)
    })

  for (const [text, expected] of [
    ['[](https://a.example/)', false],
    ['[ &#8203; ](https://a.example/)', false],
    ['[**&nbsp;**](https://a.example/)', false],
    ['[`x`](https://a.example/)', true],
    ['[*~~x~~*](https://a.example/)', true],
  ] as const)
    it(`[EO7] knows whether a link says something: ${text}`, () => {
      const [block] = readMarkdown(text)
      assert.ok(block?.kind === 'paragraph')
      assert.equal(isRead(block.content), expected)
    })
})
