/** What stands in a line of text. Nothing of it is ever HTML: it becomes elements of the page, or stays text. */
export type Inline =
  | { kind: 'text'; text: string }
  | { kind: 'code'; text: string }
  | { kind: 'strong' | 'em'; content: Inline[] }
  | { kind: 'link'; href: string; content: Inline[] }
  | { kind: 'mention'; username: string }
  | { kind: 'image'; mediaId: number; alt: string }

/** Emphasis in emphasis in emphasis is enough; what lies deeper stays as it was typed. */
const deepest = 3

// Each is tried where its first letter stands, and looks ahead within the line only.
const code = /`([^`\n]+)`/y
const link = /\[([^\][\n]{1,500})\]\((https?:\/\/[^\s()<>]+(?:\([^\s()<>]*\)[^\s()<>]*)*)\)/iy
const address = /https?:\/\/[^\s<>"]*[^\s<>"'`.,;:!?)\]*_]/iy
/** As the server reads it: neither `mail@ann` nor `@@ann`; a full stop after it is the sentence's. */
const mention = /(?<![\w@./-])@([A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?)/y
/** Only of our own files, by their address: any other server would be told who reads here. */
const image = /!\[([^\][\n]{0,500})\]\(\/api\/(?:v1\/)?blog\/media\/([1-9]\d{0,14})(?:\/file)?\)/y
const isWord = (letter: string | undefined) => letter !== undefined && /[\p{L}\p{N}]/u.test(letter)

/** @param images only posts have them; in a comment they stay as they were typed */
export function parseInline(text: string, { images = false } = {}, depth = 0): Inline[] {
  const found: Inline[] = []
  /** Marks that nothing closes from here on: looked for once, not at every letter of a hostile text. */
  const unclosed = new Set<string>()
  let plain = ''
  let at = 0

  function add(node: Inline, length: number) {
    if (plain !== '') found.push({ kind: 'text', text: plain })
    plain = ''
    found.push(node)
    at += length
  }

  function match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = at
    return pattern.exec(text)
  }

  function emphasis(mark: string): boolean {
    if (depth >= deepest || unclosed.has(mark) || !text.startsWith(mark, at)) return false
    const start = at + mark.length
    // `snake_case` is a word.
    if (/\s/.test(text[start] ?? ' ') || (mark[0] === '_' && isWord(text[at - 1]))) return false
    const end = text.indexOf(mark, start + 1)
    if (end === -1) {
      unclosed.add(mark)
      return false
    }
    if (/\s/.test(text[end - 1]!) || (mark[0] === '_' && isWord(text[end + mark.length]))) return false
    const kind = mark.length === 2 ? 'strong' : 'em'
    add({ kind, content: parseInline(text.slice(start, end), { images }, depth + 1) }, end + mark.length - at)
    return true
  }

  function special(): boolean {
    switch (text[at]) {
      case '`': {
        const quoted = match(code)
        if (quoted) add({ kind: 'code', text: quoted[1]! }, quoted[0].length)
        return quoted !== null
      }
      case '*':
      case '_':
        return emphasis(text[at]!.repeat(2)) || emphasis(text[at]!)
      case '[': {
        const named = match(link)
        if (named) {
          const content: Inline[] = [{ kind: 'text', text: named[1]! }]
          add({ kind: 'link', href: named[2]!, content }, named[0].length)
        }
        return named !== null
      }
      case 'h':
      case 'H': {
        const bare = isWord(text[at - 1]) ? null : match(address)
        if (bare) add({ kind: 'link', href: bare[0], content: [{ kind: 'text', text: bare[0] }] }, bare[0].length)
        return bare !== null
      }
      case '!': {
        const pictured = images ? match(image) : null
        if (pictured) {
          const shown = { kind: 'image' as const, mediaId: Number(pictured[2]), alt: pictured[1]! }
          add(shown, pictured[0].length)
        }
        return pictured !== null
      }
      case '@': {
        const named = match(mention)
        if (named) add({ kind: 'mention', username: named[1]! }, named[0].length)
        return named !== null
      }
      default:
        return false
    }
  }

  while (at < text.length) {
    if (special()) continue
    plain += text[at]
    at += 1
  }
  if (plain !== '') found.push({ kind: 'text', text: plain })
  return found
}
