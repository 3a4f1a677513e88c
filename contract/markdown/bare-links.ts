import type { MarkdownIt } from 'markdown-it'

type InlineRule = Parameters<MarkdownIt['inline']['ruler']['at']>[1]

/** Where plain text may end: at a character with a meaning in Markdown, or where a bare address begins. */
const stop = /[\n!#$%&*+\-:<=>@[\\\]^_`{}~]|(?<![A-Za-z0-9/@.-])(?=https?:\/\/|www\.)/giu
const scheme = /https?:\/\/|www\./iy
const host = /[\p{L}\p{N}_[]/uy
/**
 * Up to white space or a character that is never in an address, such as the full stops and brackets of Chinese and
 * Japanese, and invisible characters. The joiners of Persian and Hindi are in addresses.
 */
const run =
  /[^\s<>"`\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3001-\u303f\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65]*/y
/** Characters that end a sentence do not belong to an address; brackets are handled separately. */
const closing = /[?!.,:;*_~'…\p{Pi}\p{Pf}‚„]/u
const entity = /&[a-z0-9]{1,32};$/i

const brackets: Record<string, string> = { ')': '(', ']': '[' }
const count = (text: string, letter: string) => text.split(letter).length - 1

/**
 * An address without what belongs to the sentence around it: full stops, and brackets that were not opened in the
 * address.
 */
export function withoutSentence(address: string): string {
  let end = address.length
  const surplus = new Map(
    Object.entries(brackets).map(([close, open]) => [close, count(address, close) - count(address, open)]),
  )
  for (;;) {
    const last = address[end - 1] ?? ''
    const extra = surplus.get(last)
    if (extra !== undefined) {
      if (extra <= 0) return address.slice(0, end)
      surplus.set(last, extra - 1)
      end -= 1
      continue
    }
    if (!closing.test(last)) return address.slice(0, end)
    const [named] = last === ';' ? (entity.exec(address.slice(Math.max(0, end - 34), end)) ?? []) : []
    end -= named?.length ?? 1
  }
}

function match(pattern: RegExp, text: string, at: number): string | null {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0] ?? null
}

const plainText: InlineRule = (state, silent) => {
  const { pos, src, posMax } = state
  stop.lastIndex = pos
  let end = stop.exec(src)?.index ?? posMax
  // A possible beginning of an address that turned out not to be one.
  if (end === pos && /[hw]/i.test(src[pos] ?? '')) {
    stop.lastIndex = pos + 1
    end = stop.exec(src)?.index ?? posMax
  }
  end = Math.min(end, posMax)
  if (end === pos) return false
  if (!silent) state.pending += src.slice(pos, end)
  state.pos = end
  return true
}

const bareLink: InlineRule = (state, silent) => {
  const { pos, src, md } = state
  // The library is looking for the end of a link whose text may be an address; the closing bracket does not belong to
  // it.
  if (silent || state.linkLevel > 0 || /[A-Za-z0-9/@.-]/.test(src[pos - 1] ?? '')) return false
  const begun = match(scheme, src, pos)
  if (begun === null || match(host, src, pos + begun.length) === null) return false
  const address = withoutSentence(match(run, src.slice(0, state.posMax), pos) ?? '')
  if (address.length <= begun.length) return false
  const href = md.normalizeLink(/^www\./i.test(begun) ? `http://${address}` : address)
  if (!md.validateLink(href)) return false
  state.push('link_open', 'a', 1).attrs = [['href', href]]
  state.push('text', '', 0).content = address
  state.push('link_close', 'a', -1)
  state.pos += address.length
  return true
}

/**
 * Recognises bare addresses in text as GitHub does. The library's own recognition has other limits, and takes
 * `example.com` for an address.
 */
export function bareLinks(md: MarkdownIt): void {
  md.inline.ruler.at('text', plainText)
  md.inline.ruler.before('text', 'bare_link', bareLink)
}
