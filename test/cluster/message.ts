import { hash } from 'node:crypto'

/** What a client received, small enough to keep hundreds of thousands of them. */
export interface Message {
  name: string
  offset: number
  /** Of the whole payload, whatever the order of its keys. */
  digest: string
  mutationId: string | undefined
  /** Clock of this process, in ms. */
  heardAt: number
  /** Received before the join of its connection was answered: it has no place in the order, and may be replayed. */
  early?: boolean
  /** On which of the client's connections it came, counted from 1, and at which instance. */
  via?: string
}

export const messageOf = (name: string, payload: any): Message => ({
  name,
  offset: payload.offset,
  digest: hash('md5', stable(payload)),
  mutationId: payload.mutation_id,
  heardAt: performance.now(),
})

const stable = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
