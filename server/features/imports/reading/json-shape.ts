/** The outermost form of a JSON file, judged by its beginning: a list, one object per line, or one object. */
export type JsonShape = { kind: 'list' } | { kind: 'lines'; keys: string[] } | { kind: 'object'; keys: string[] }

/** Comments at the beginning, as JSON viewers write them (the source and the time of loading). */
export const withoutComments = (text: string) => text.replace(/^(?:\s*\/\/[^\n]*(?:\n|$))+/, '').trimStart()

/** Keys of objects that lead to lists of tasks. */
const containers = new Set(
  'tasks items issues results records data todos entries rows value values nodes edges list cards content workitems work_items'.split(
    ' ',
  ),
)
export const isContainer = (key: string) => containers.has(key.toLowerCase())

/**
 * @param isTask whether these keys are those of a task
 * @returns null for text that does not begin as JSON
 */
export function shapeOf(beginning: string, isTask: (keys: readonly string[]) => boolean): JsonShape | null {
  const text = withoutComments(beginning)
  if (text.startsWith('[')) return { kind: 'list' }
  if (!text.startsWith('{')) return null
  const { keys, lists, end } = scan(text)
  // A row of NDJSON is complete at the end of its line.
  const isOnLine = !text.slice(0, end).trimEnd().includes('\n')
  const more = text.slice(end).trim() !== ''
  const isRow = isTask(keys) ? more || !lists.some(isContainer) : more && lists.length === 0
  return { kind: isOnLine && isRow ? 'lines' : 'object', keys }
}

/** The keys of the object that a text begins with, the keys of lists among them, and where the object ends. */
function scan(text: string): { keys: string[]; lists: string[]; end: number } {
  const keys: string[] = []
  const lists: string[] = []
  let depth = 0
  let key = ''
  for (let at = 0; at < text.length; at++) {
    switch (text[at]) {
      case '"': {
        const from = at + 1
        for (at++; at < text.length && text[at] !== '"'; at++) if (text[at] === '\\') at++
        if (depth === 1) key = text.slice(from, at)
        break
      }
      case ':':
        if (depth === 1) keys.push(key)
        break
      case '{':
      case '[':
        if (depth === 1 && text[at] === '[' && keys.length > 0) lists.push(keys.at(-1)!)
        depth++
        break
      case '}':
      case ']':
        if (--depth === 0) return { keys, lists, end: at + 1 }
        break
      default:
    }
  }
  return { keys, lists, end: text.length }
}
