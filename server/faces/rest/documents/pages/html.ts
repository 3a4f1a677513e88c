/** Text that is HTML already. Everything else that goes into HTML is escaped. */
export interface Html {
  readonly html: string
}

type Content = Html | string | number | boolean | null | undefined | readonly Content[]

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

const textOf = (content: Content): string => {
  if (content === null || content === undefined || content === false) return ''
  if (Array.isArray(content)) return content.map(textOf).join('')
  if (typeof content === 'object') return (content as Html).html
  return String(content).replace(/[&<>"']/g, one => escapes[one]!)
}

/** HTML from a template; what is put into it is escaped, lists are joined, and `null`, `undefined` and `false` are left out. */
export const html = (parts: TemplateStringsArray, ...contents: Content[]): Html => ({
  html: parts.reduce((all, part, nth) => all + textOf(contents[nth - 1]) + part),
})

/** A text of the documents, whose only markup is code between backticks and empty lines between paragraphs. */
export const prose = (text: string): Html => html`${text.split(/\n{2,}/).map(one => html`<p>${inline(one)}</p>`)}`

export const inline = (text: string): Html =>
  html`${text.split('`').map((one, nth) => (nth % 2 === 1 ? html`<code>${one}</code>` : one))}`
