import { limits } from '../../contract/index.ts'
import { invalid } from './errors.ts'

/**
 * Checks that input is safe for any code that walks through it. Deep nesting passes `JSON.parse` and then overflows a
 * stack; `__proto__` as a key is dangerous for code that copies the input; a socket can bring buffers; and a validator
 * checks each of 300,000 items, or of 60,000 unknown fields, before it reports that there are too many.
 *
 * @param part the name of the whole input, for errors that concern all of it
 * @throws AppError `validation_error`, with the outermost field's name
 */
export function checkForm(value: unknown, part: string): void {
  let level: [string, object][] = value !== null && typeof value === 'object' ? [[part, value]] : []
  for (let depth = 1; level.length > 0; depth++) {
    const deeper: [string, object][] = []
    for (const [name, item] of level) {
      if (depth > limits.jsonDepth)
        throw invalid({ [name]: `must not be nested deeper than ${limits.jsonDepth} levels` })
      if (ArrayBuffer.isView(item)) throw invalid({ [name]: 'must not be binary' })
      if (Array.isArray(item) && item.length > limits.arrayItems) {
        throw invalid({ [name]: `may have at most ${limits.arrayItems} items` })
      }
      if (!Array.isArray(item) && Object.keys(item).length > limits.objectKeys) {
        throw invalid({ [name]: `may have at most ${limits.objectKeys} fields` })
      }
      for (const [key, child] of Array.isArray(item) ? item.entries() : Object.entries(item)) {
        if (key === '__proto__') throw invalid({ ['__proto__']: 'is not known' })
        if (child !== null && typeof child === 'object') deeper.push([depth === 1 ? String(key) : name, child])
      }
    }
    level = deeper
  }
}
