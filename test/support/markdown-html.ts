import type { Block, Cell, Inline } from '../../contract/markdown/index.ts'

const escaped = (text: string) =>
  text.replace(/[&<>"]/g, sign => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[sign]!)
const titled = (title: string) => (title === '' ? '' : ` title="${escaped(title)}"`)

/** A tree as the HTML of the specifications, so that their own examples can be compared with it. */
export const htmlOf = (blocks: readonly Block[]): string => blocks.map(blockOf).join('')

function blockOf(block: Block): string {
  switch (block.kind) {
    case 'paragraph':
      return block.isTight ? lineOf(block.content) : `<p>${lineOf(block.content)}</p>\n`
    case 'heading':
      return `<h${block.level}>${lineOf(block.content)}</h${block.level}>\n`
    case 'quote':
      return `<blockquote>\n${htmlOf(block.content)}</blockquote>\n`
    case 'list': {
      const name = block.start === null ? 'ul' : 'ol'
      const start = (block.start ?? 1) === 1 ? '' : ` start="${block.start}"`
      const items = block.items.map(({ isDone, content }) => {
        const box = isDone === null ? '' : `<input ${isDone ? 'checked="" ' : ''}disabled="" type="checkbox"> `
        return `<li>${box}${itemOf(content)}</li>\n`
      })
      return `<${name}${start}>\n${items.join('')}</${name}>\n`
    }
    case 'code': {
      const language = block.language === '' ? '' : ` class="language-${escaped(block.language)}"`
      return `<pre><code${language}>${escaped(block.text)}</code></pre>\n`
    }
    case 'table': {
      const rows = block.rows.map(row => `<tr>\n${row.map(cell => cellOf('td', cell)).join('')}</tr>\n`)
      const head = `<thead>\n<tr>\n${block.head.map(cell => cellOf('th', cell)).join('')}</tr>\n</thead>\n`
      return `<table>\n${head}${rows.length > 0 ? `<tbody>\n${rows.join('')}</tbody>\n` : ''}</table>\n`
    }
    case 'rule':
      return '<hr />\n'
    default:
      return block satisfies never
  }
}

/** A tight paragraph is on the line of its item, anything else on lines of its own. */
const itemOf = (content: readonly Block[]): string =>
  content
    .map((block, at) => {
      const isTight = block.kind === 'paragraph' && block.isTight
      const before = content[at - 1]
      const follows = before?.kind === 'paragraph' && before.isTight
      return `${isTight ? (at > 0 ? '' : '') : at === 0 || follows ? '\n' : ''}${blockOf(block)}`
    })
    .join('')

const cellOf = (name: string, { align, content }: Cell) =>
  `<${name}${align === null ? '' : ` align="${align}"`}>${lineOf(content)}</${name}>\n`

const names = { strong: 'strong', em: 'em', struck: 'del' } as const

const lineOf = (parts: readonly Inline[]): string => parts.map(partOf).join('')

function partOf(part: Inline): string {
  switch (part.kind) {
    case 'text':
      return escaped(part.text)
    case 'code':
      return `<code>${escaped(part.text)}</code>`
    case 'strong':
    case 'em':
    case 'struck':
      return `<${names[part.kind]}>${lineOf(part.content)}</${names[part.kind]}>`
    case 'link':
      return `<a href="${escaped(part.href)}"${titled(part.title)}>${lineOf(part.content)}</a>`
    case 'image':
      return `<img src="${escaped(part.src)}" alt="${escaped(part.alt)}"${titled(part.title)} />`
    case 'mention':
      return `@${part.username}`
    case 'break':
      return part.isHard ? '<br />\n' : '\n'
    default:
      return part satisfies never
  }
}
