import { pathToFileURL } from 'node:url'
import { stripVTControlCharacters } from 'node:util'

const longest = 300
const root = `${process.cwd()}/`
const rootUrl = pathToFileURL(root).href

/** Says in one line of at most 300 characters why a test failed, and where in the project. */
export function reasonOf(error) {
  const message = stripVTControlCharacters(String(error?.message || error))
    .replace(/\s+/g, ' ')
    .trim()
  const place = placeOf(error)
  const where = place === undefined ? '' : ` (${place})`
  const most = longest - where.length
  return (message.length > most ? `${message.slice(0, most - 1)}…` : message) + where
}

/** The place in the stack of the innermost cause that says something: that of the test, not that of its helper. */
function placeOf(error) {
  let found
  const seen = new Set()
  for (let cause = error; cause instanceof Error && !seen.has(cause); cause = cause.cause) {
    seen.add(cause)
    const places = placesIn(cause.stack ?? '')
    found = places.find(place => !/^test\/(support|suites)\//.test(place)) ?? places[0] ?? found
  }
  return found
}

/** The lines of a stack that are in the project, as `file:line`. */
const placesIn = stack =>
  stack
    .split('\n')
    .map(
      line =>
        /^\s+at (?:async )?(?:.*\()?([\w./-]+:\d+):\d+\)?$/.exec(line.replace(rootUrl, '').replace(root, ''))?.[1],
    )
    .filter(place => place !== undefined && !place.startsWith('/') && !place.startsWith('node_modules/'))
