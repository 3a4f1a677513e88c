import { unreadable } from '../reading/fault.ts'
import { jsonElements } from '../reading/json-elements.ts'
import { isContainer, shapeOf } from '../reading/json-shape.ts'
import { fieldNamed } from './field-names.ts'
import { objectIn } from './format.ts'

/** Where the tasks are in a JSON file: in the list that these keys lead to, or (null) one per line. */
export interface Place {
  list: string | null
}

/** The number of objects that are examined. */
const beginningCharacters = 64 * 1024

export const areOfTask = (keys: readonly string[]): boolean => keys.some(key => fieldNamed(key) === 'title')

/** @throws AppError `validation_error` for an object in which there is no list of tasks */
export async function placeOfTasks(text: AsyncIterable<string>): Promise<Place> {
  let beginning = ''
  const pieces = text[Symbol.asyncIterator]()
  try {
    while (beginning.length < beginningCharacters) {
      const { done, value } = await pieces.next()
      if (done) break
      beginning += value
    }
    const shape = shapeOf(beginning, areOfTask)
    if (shape?.kind === 'lines') return { list: null }
    if (shape?.kind !== 'object') return { list: '' }
    return { list: await listIn(joined(beginning, pieces)) }
  } finally {
    await pieces.return?.()
  }
}

async function* joined(beginning: string, more: AsyncIterator<string>): AsyncGenerator<string> {
  yield beginning
  for (let next = await more.next(); !next.done; next = await more.next()) yield next.value
}

async function listIn(text: AsyncIterable<string>): Promise<string> {
  for await (const { list, row } of jsonElements(text)) {
    if (!('value' in row)) continue
    const keys = Object.keys(objectIn(row.value.node) ?? row.value)
    // Many objects have a name: labels, people, and in GraphQL everything in `nodes`. An object with a title is a task
    // anywhere.
    const names = keys.filter(key => fieldNamed(key) === 'title')
    const isTitled = names.some(key => key.toLowerCase() !== 'name')
    const last = list.split('.').at(-1)!
    if (isTitled || (names.length > 0 && isContainer(last) && !/^(nodes|edges)$/.test(last))) return list
  }
  throw unreadable('it is one object, and in it is no list of tasks; put them into a list, or one a line (NDJSON)')
}
