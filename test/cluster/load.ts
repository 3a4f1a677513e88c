import { randomUUID } from 'node:crypto'
import type { Instance } from './instance.ts'
import type { Session } from './session.ts'
import { type Operation, settle, type Write } from './settle.ts'

export interface LoadOptions {
  session: Session
  instances: Pick<Instance, 'name' | 'url'>[]
  perSecond: number
  /** The nth write; a new task by default. */
  write?: (nth: number) => Write
  /** The instance of the next write; each in its turn by default. */
  choose?: () => Pick<Instance, 'name' | 'url'>
  /** For one attempt. */
  withinMs?: number
}

const mostAtOnce = 100

/** Writes at a steady rate through one instance after the other, however long the answers take. */
export function startLoad(options: LoadOptions) {
  const { session, instances, perSecond, write = newTask, withinMs } = options
  const { choose = () => instances[turn++ % instances.length]! } = options
  const run = randomUUID().slice(0, 8)
  const settled: Operation[] = []
  const under = new Set<Promise<unknown>>()
  const began = performance.now()
  let [started, turn] = [0, 0]

  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - began) / 1000) * perSecond)
    for (; started < due && under.size < mostAtOnce; started++) {
      const one = settle({
        session,
        key: `${run}-${started}`,
        write: write(started),
        ...(withinMs && { withinMs }),
        choose,
      }).then(operation => {
        settled.push(operation)
        under.delete(one)
      })
      under.add(one)
    }
  }, 10)

  return {
    settled,
    /** Resolves with all writes when the last one is settled. */
    stop: async (): Promise<Operation[]> => {
      clearInterval(timer)
      await Promise.all(under)
      return settled
    },
  }
}

const newTask = (nth: number): Write => ({ method: 'POST', path: '/tasks', body: { title: `task ${nth}` } })
