import { randomUUID } from 'node:crypto'
import type { Resolution, statistics } from '../../../contract/index.ts'
import type { Handlers } from '../../kernel/bind.ts'
import type { Logger } from '../../kernel/logger.ts'
import { keptDays, readHistory, spanOf } from './history.ts'
import { createProbes, probe, type ProbeDeps } from './probes.ts'
import { insertSample, removeOld, rollUp, type Sample } from './statistics.queries.ts'

const minuteMs = 60_000
const readTimeoutMs = 5_000
/** While the database cannot be written, this many samples wait, so that the numbers of an outage are not lost. */
const mostWaiting = 120
const periods = ['hour', 'day'] as const satisfies Resolution[]

const hourOf = (at: string | Date) => `${new Date(at).toISOString().slice(0, 13)}:00:00.000Z`

export interface Statistics {
  statistics: Handlers<typeof statistics>
  /** Writes the sample of this minute, if it is not written yet. */
  sample(): Promise<void>
  cleanUp(): Promise<void>
}

/** The numbers of the system over time, sampled by each instance every minute. */
export function createStatistics({ log, ...deps }: ProbeDeps & { log: Logger }): Statistics {
  const { database } = deps
  const instance = randomUUID()
  const probes = createProbes(deps)
  let waiting: Sample[] = []
  let lastMinute = 0

  /**
   * Each period that these samples are in is put together anew, and that of the minute before: another instance may have
   * written the last sample of an hour at the same time as this one.
   */
  async function write(samples: readonly Sample[]): Promise<void> {
    const hours = new Set(samples.flatMap(({ at }) => [hourOf(at), hourOf(new Date(Date.parse(at) - minuteMs))]))
    await database.transaction(async tx => {
      for (const sample of samples) await tx.query(insertSample(sample))
      for (const hour of hours) for (const period of periods) await tx.query(rollUp(period, hour))
      return { value: undefined }
    })
  }

  return {
    statistics: {
      async history(_scope, asked) {
        const span = spanOf(asked)
        return { ...span, results: await database.reads.readWithin(readTimeoutMs, db => readHistory(db, span)) }
      },
    },
    async sample() {
      const minute = Math.floor(Date.now() / minuteMs) * minuteMs
      if (minute !== lastMinute) {
        lastMinute = minute
        const { values, failed } = await probe(probes, log)
        waiting.push({ at: new Date(minute).toISOString(), instance, failed_probes: failed, ...values })
        waiting = waiting.slice(-mostWaiting)
      }
      if (waiting.length === 0) return
      const samples = waiting
      await write(samples)
      waiting = waiting.filter(one => !samples.includes(one))
    },
    cleanUp: () => removeOld(database, keptDays),
  }
}
