import assert from 'node:assert/strict'
import fc from 'fast-check'
import { limits } from '../../contract/index.ts'
import {
  inlinesIn,
  mediaIdsIn,
  mentionedIn,
  plainText,
  readMarkdown,
  readPost,
  type Block,
} from '../../contract/markdown/index.ts'
import { htmlOf } from '../support/markdown-html.ts'

const inline = (text: string) =>
  htmlOf(readMarkdown(text))
    .trim()
    .replace(/^<p>|<\/p>$/g, '')
const link = (href: string, text = href) => `<a href="${href}">${text}</a>`
const names = (text: string) => mentionedIn(readMarkdown(text))

describe('markdown', () => {
  const lines: Record<string, string> = {
    'a **bold** and *thin* __word__ _here_':
      'a <strong>bold</strong> and <em>thin</em> <strong>word</strong> <em>here</em>',
    '**bold *and thin* here**': '<strong>bold <em>and thin</em> here</strong>',
    'not snake_case_name, 2 * 3 * 4, ** nothing': 'not snake_case_name, 2 * 3 * 4, ** nothing',
    'after ``` in a sentence': 'after ``` in a sentence',
    '~~gone~~, ~gone~, ~~~not~~~, ~~nor~': '<del>gone</del>, <del>gone</del>, ~~~not~~~, ~~nor~',
    '[here](https://a.example/b_(c) "why")': '<a href="https://a.example/b_(c)" title="why">here</a>',
  }
  for (const [text, expected] of Object.entries(lines)) {
    it(`[MK2] reads ${text}`, () => assert.equal(inline(text), expected))
  }

  const addresses: Record<string, string> = {
    'see https://a.example/x?y=1, or (https://b.example).': `see ${link('https://a.example/x?y=1')}, or (${link('https://b.example')}).`,
    'https://c.example/wiki/Tree_(plant)': link('https://c.example/wiki/Tree_(plant)'),
    '(as https://c.example/a_(b_(c)) says)': `(as ${link('https://c.example/a_(b_(c))')} says)`,
    'https://c.example/x))': `${link('https://c.example/x')}))`,
    '[https://c.example]': `[${link('https://c.example')}]`,
    '**https://c.example/**': `<strong>${link('https://c.example/')}</strong>`,
    '“https://c.example/q”': `“${link('https://c.example/q')}”`,
    '„https://c.example/q“, ‚https://c.example/r‘': `„${link('https://c.example/q')}“, ‚${link('https://c.example/r')}‘`,
    '»https://c.example/q«': `»${link('https://c.example/q')}«`,
    'https://c.example/q\u200b, \u2068https://c.example/r\u2069': `${link('https://c.example/q')}\u200b, \u2068${link('https://c.example/r')}\u2069`,
    'www.c.example/help.': `${link('http://www.c.example/help', 'www.c.example/help')}.`,
    'www.c.example/?a=b&amp;': `${link('http://www.c.example/?a=b', 'www.c.example/?a=b')}&amp;`,
    '<https://c.example/?a=1>': link('https://c.example/?a=1'),
    'これはhttps://c.example/x。次': `これは${link('https://c.example/x')}。次`,
    'nohttps://c.example, c.example, ann@c.example': 'nohttps://c.example, c.example, ann@c.example',
    '[https://c.example](https://d.example)': link('https://d.example', 'https://c.example'),
    '`https://c.example`': '<code>https://c.example</code>',
  }
  for (const [text, expected] of Object.entries(addresses)) {
    it(`[MK2] reads an address: ${text}`, () => assert.equal(inline(text), expected))
  }

  it('[MK2] reads lists with their first number, with blocks inside, and with check boxes', () => {
    assert.deepEqual(starts('1984. A year'), [1984])
    assert.deepEqual(starts('1. a\n\n   more\n2. b\n\ntext\n\n3. c'), [1, 3])
    const [list] = readMarkdown('- [ ] open\n- [X] done\n- [x]neither\n- \\[x] nor this')
    assert.deepEqual(list?.kind === 'list' && list.items.map(({ isDone }) => isDone), [false, true, null, null])
    assert.equal(plainText([list!]), 'open done [x]neither [x] nor this')
  })

  it('[MK2] reads tables with their alignment and their bars', () => {
    const [table] = readMarkdown('| a | b | c |\n|---|:-:|--:|\n| 1 | x\\|y | **z** |\n| 2 |')
    assert.ok(table?.kind === 'table')
    assert.deepEqual(
      table.head.map(({ align }) => align),
      [null, 'center', 'right'],
    )
    assert.equal(plainText([table]), 'a b c 1 x|y z 2')
  })

  for (const text of [
    '[x](javascript:alert(1))',
    '[x](data:text/html,hi)',
    '[x](//evil.example)',
    '[x](/settings)',
    '[x]()',
    '[x](https:)',
    'javascript:alert(1)',
    '<javascript:alert(1)>',
    '<img src=x onerror=alert(1)>',
    '<script>alert(1)</script>',
    '<!-- nothing -->',
    '[x]: javascript:alert(1)',
    '![x](/api/v1/blog/media/7/file)',
  ]) {
    it(`[PG14] leaves as text: ${text}`, () => {
      const blocks = readMarkdown(text)
      assert.ok([...inlinesIn(blocks)].every(({ kind }) => kind === 'text'))
      assert.equal(plainText(blocks), text)
    })
  }

  it('[PG24] shows pictures only in posts, and only our own', () => {
    const text = '![a](/api/v1/blog/media/7/file) ![b](/api/blog/media/8) ![c](https://a.example/x.png) ![d](/other/9)'
    const rest = `!${link('https://a.example/x.png', 'c')} ![d](/other/9)`
    const pictures = '<img src="/api/v1/blog/media/7/file" alt="a" /> <img src="/api/blog/media/8" alt="b" />'
    assert.equal(htmlOf(readPost(text)), `<p>${pictures} ${rest}</p>\n`)
    assert.equal(inline(text), `![a](/api/v1/blog/media/7/file) ![b](/api/blog/media/8) ${rest}`)
    assert.equal(htmlOf(readPost('[no picture](/api/blog/media/8)')), '<p>[no picture](/api/blog/media/8)</p>\n')
    assert.equal(
      htmlOf(readPost('![x][there]\n\n[there]: https://a.example/x.png')),
      `<p>!${link('https://a.example/x.png', 'x')}</p>\n`,
    )
  })

  it('[PG24] derives the pictures of a post from its text, but not from its code', () => {
    const text =
      '![a](/api/v1/blog/media/7/file)\n\n```\n![b](/api/v1/blog/media/8/file)\n```\n\n- **x** ![c](/api/v1/blog/media/7)\n\n> # ![d](/api/blog/media/9)'
    assert.deepEqual(mediaIdsIn(readPost(text)), [7, 9])
    assert.equal(plainText(readPost('# Dig\n\n- a *deep*\n  hole\n\n![a](/api/blog/media/7)')), 'Dig a deep hole')
  })

  it('[MK3] finds names in text only: not in code, links and addresses', () => {
    assert.deepEqual(names('Ask @Ann.Bee. Not mail@bob, @@bob, /@bob nor `@bob`'), ['ann.bee'])
    assert.deepEqual(names('[@bob](https://a.example) https://a.example/@bob <https://a.example/@bob>'), [])
    assert.deepEqual(names('    @bob\n\n```\n@bob\n```\n\n~~~\n@bob\n~~~\n\n`` `@bob` ``'), [])
    assert.deepEqual(names('a ``` in between @ann\n\nand `open @bea'), ['ann', 'bea'])
    assert.deepEqual(names('# @a\n\n> @b\n\n1. **@c**\n\n|@d|\n|-|\n|~~@e~~|\n\n<b>@f</b> &#64;g'), [
      'a',
      'b',
      'c',
      'd',
      'e',
      'f',
      'g',
    ])
  })

  it('[MK4] makes no HTML of any text, and loses no letter', () => {
    const marks = fc.constantFrom(...'*_~`[]()!><|-+#&;@/:.\\"\n \ta1é', '```', '](', 'http://a', '- [ ] ', '|-|\n')
    fc.assert(
      fc.property(fc.array(marks, { maxLength: 60 }), parts => {
        const text = parts.join('')
        for (const part of inlinesIn(readMarkdown(text))) {
          if (part.kind === 'link') assert.match(part.href, /^https?:\/\/[^/]/i)
          assert.notEqual(part.kind, 'image')
        }
      }),
      { numRuns: 500 },
    )
  })

  it('[MK4] shows what is nested too deeply as it was typed', () => {
    assert.ok(plainText(readMarkdown(`${'> '.repeat(400)}the end`)).endsWith('> the end'))
    assert.ok(plainText(readMarkdown(`${'- '.repeat(400)}the end`)).endsWith('- the end'))
    const emphasis = plainText(readMarkdown(`${'*a **b '.repeat(200)}x${'** *'.repeat(200)}`))
    assert.ok(emphasis.includes('x') && emphasis.includes('*'))
  })

  it('[MK4] shows a text after 30,000 parts as it was typed, and loses nothing', () => {
    const text = `first\n\n${'* a\n'.repeat(20_000)}\nlast`
    const blocks = readPost(text)
    assert.deepEqual(
      blocks.map(({ kind }) => kind),
      ['paragraph', 'code'],
    )
    assert.equal(plainText(blocks), text.replace(/\s+/g, ' '))
    assert.equal(readPost(`${'* a\n'.repeat(2_000)}\n\n${'one *word*\n\n'.repeat(2_000)}`).length, 2_001)
  })

  it('[MK4] does not read a text that is too long to be stored', () => {
    assert.equal(readPost('*a* '.repeat(limits.post))[0]?.kind, 'code')
  })

  const hostile = [
    ...['*', '**a ', '_*', 'a**b', '*a_ ', '**x* ', '*_*a', '~a~~', '[', '![', '[a](', '](', '[a][b]', '[x]: a\n'],
    ...['`', '` `` ', '```\n', 'a `', '> ', '>- ', '1) ', '- ', '* a\n', '  - a\n', '- [ ] ', '\n> - ', '# ', '#', '@'],
    ...['http://', 'http://(', 'http://a.)', '(http://a', 'www.', 'http://a&b;', '<https://a', '<!--', '&', '\\', '\0'],
    ...['|', '|-|\n', '|a|b|\n|-|-|\n', 'x\n===\n', ' ', '\n'],
  ].map(piece => [JSON.stringify(piece), piece.repeat(limits.post / piece.length)] as const)
  const opened = ([open, close]: [string, string]) =>
    [
      `${open} and ${close}`,
      open.repeat(limits.post / 2 / open.length) + close.repeat(limits.post / 2 / close.length),
    ] as const
  const table = `a |${' b |'.repeat(100)}\n${'-|'.repeat(101)}\n`
  for (const [name, text] of [
    ...hostile,
    ...(
      [
        ['[', ']'],
        ['*a ', 'b*'],
        ['![', '](x)'],
        ['(', ')'],
        ['`', '``'],
      ] as [string, string][]
    ).map(opened),
    ['a table of empty cells', table + 'a\n'.repeat((limits.post - table.length) / 2)] as const,
    ['ticks of every length', Array.from({ length: 440 }, (_, at) => '`'.repeat(at)).join(' ')] as const,
  ]) {
    it(`[MK4] reads the longest text of nothing but ${name} in no time`, () => {
      // Of this process, so that other work on the machine does not count.
      const before = process.cpuUsage()
      plainText(readPost(text))
      assert.ok(process.cpuUsage(before).user < 2_500_000)
    })
  }
})

const starts = (text: string) =>
  readMarkdown(text).flatMap((block: Block) => (block.kind === 'list' ? [block.start] : []))
