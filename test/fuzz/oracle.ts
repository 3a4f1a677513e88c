import { type EventName, topicsOf } from '../../contract/index.ts'
import type { TestServer } from '../support/server.ts'

export interface Row {
  offset: number
  event: string
  scope: string
  command: number
  bulk: boolean
  reach: { former?: number[] | 'everyone'; except?: number[]; only?: number; topic?: string } | null
  payload: any
}

/** The whole log: the truth that every client is compared with. */
export const readLog = (server: TestServer): Promise<Row[]> =>
  server.query<Row>('select "offset", event, scope, command, bulk, reach, payload from event_log order by "offset"')

export interface Verdict {
  /** The person had the right when it happened and never lost it: the client must have got it. */
  must: boolean
  /** The person had the right then, or got it later: a replay uses the rights of its own moment. */
  may: boolean
}

/** Who could read each scope at each position of the log, taken from the log itself. */
export function createRights(log: Row[], everybody: number[], admins: Set<number>) {
  /** Offsets at which a person's right to a project changed, with the new right. */
  const changes = new Map<string, { offset: number; readable: boolean }[]>()
  const note = (person: number, project: number, offset: number, readable: boolean) => {
    const key = `${person} ${project}`
    changes.set(key, [...(changes.get(key) ?? []), { offset, readable }])
  }
  for (const { offset, event, scope, payload, reach } of log) {
    if (event === 'access_changed') {
      const people = scope === 'all' ? everybody.filter(id => !reach?.except?.includes(id)) : [Number(scope.slice(1))]
      for (const person of people) note(person, payload.project_id, offset, payload.readable)
    } else if (event === 'project_deleted') {
      for (const person of everybody) note(person, payload.project_id, offset, false)
    }
  }

  return (person: number, row: Row): Verdict => {
    if (admins.has(person)) return { must: true, may: true }
    const only = row.reach?.only
    if (only !== undefined && only !== person) return { must: false, may: false }
    if (row.scope.startsWith('all')) return { must: true, may: true }
    if (row.scope.startsWith('u')) {
      const own = row.scope === `u${person}`
      return { must: own, may: own }
    }
    const project = Number.parseInt(row.scope.slice(1))
    const history = changes.get(`${person} ${project}`) ?? []
    const then = history.findLast(({ offset }) => offset < row.offset)?.readable ?? false
    const later = history.filter(({ offset }) => offset >= row.offset)
    // The deletion of a project ends the right to it, and is sent to those who had it.
    const ends = later.filter(({ offset }) => offset > row.offset)
    return { must: then && ends.every(({ readable }) => readable), may: then || later.some(({ readable }) => readable) }
  }
}

/** Whether an event belongs to a room at all, whoever is in it. */
export function isIn(row: Row, room: string): boolean {
  if (row.scope === '-' || row.event === 'access_changed') return false
  // A scope with a slash belongs to the author alone.
  if (room.startsWith('project_')) return row.scope.replace('/', '') === `p${room.slice(8)}`
  if (room.startsWith('user_')) return row.scope === `u${room.slice(5)}`
  if (room === 'admin') return row.scope === 'admins'
  return (
    row.reach?.topic === room ||
    (topicsOf[row.event as EventName] as ReadonlySet<string> | undefined)?.has(room) === true
  )
}

/** Whether `access_changed` concerns a person. */
export const concerns = (row: Row, person: number): boolean =>
  row.event === 'access_changed' &&
  (row.scope === `u${person}` || (row.scope === 'all' && !(row.reach?.except ?? []).includes(person)))
