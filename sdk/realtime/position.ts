/**
 * A place in the event log. Joining rooms from here delivers every event that is not contained in the answer that came
 * with this position.
 */
export interface Position {
  epoch: string
  offset: number
}

const positions = new WeakMap<object, Position>()

export function notePosition(answer: unknown, headers: Headers): void {
  const epoch = headers.get('X-Event-Epoch')
  const offset = Number(headers.get('X-Event-Offset') ?? Number.NaN)
  if (epoch !== null && Number.isSafeInteger(offset) && typeof answer === 'object' && answer !== null) {
    positions.set(answer, { epoch, offset })
  }
}

/**
 * The position of the log when this answer (a list, a resource) was read. It is stored next to the answer, not in it.
 */
export const positionOf = (answer: object): Position | undefined => positions.get(answer)

/**
 * The position that misses no event after any of these answers: the earliest one, or none when they come from different
 * logs.
 */
export function earliest(found: readonly (Position | undefined)[]): Position | undefined {
  const known = found.filter(position => position !== undefined)
  if (known.length !== found.length || known.some(position => position.epoch !== known[0]?.epoch)) return undefined
  return known.reduce((first, position) => (position.offset < first.offset ? position : first), known[0]!)
}
