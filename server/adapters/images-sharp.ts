import type { Images } from '../ports/images.ts'
import type { Logger } from '../kernel/logger.ts'
import { createTurns } from '../kernel/turns.ts'
import { mostDecodedBytes } from './images-memory.ts'
import { createDecoder } from './images-process.ts'

/** A photo of sixteen million pixels takes 48 MB and some tenths of a second. */
const cheap = { bytes: 50_000_000, seconds: 2, beyond: 'expensive' } as const
const expensive = { bytes: mostDecodedBytes, seconds: 10, beyond: 'too_large' } as const

const turns = { running: 1, perKey: 1, waiting: 100, waitingPerKey: 20 }

/**
 * Decodes pictures with sharp (libvips) in two processes: one for pictures that take little memory and time, and one
 * for the others, so that small pictures do not wait for large ones. A picture goes to the first process. When its
 * header or its decoding time shows that it is expensive, it goes on to the second. Each process serves the waiting
 * people in rotation.
 */
export function createImages({ log }: { log: Logger }): Images {
  const first = { turns: createTurns(turns), decoder: createDecoder({ log, patienceMs: 10_000 }) }
  const second = { turns: createTurns(turns), decoder: createDecoder({ log, patienceMs: 30_000 }) }

  return {
    examine: async (path, format, person) => {
      const found = await first.turns.run(person, () => first.decoder.decode({ path, format, ...cheap }))
      if (found !== 'expensive') return found
      const last = await second.turns.run(person, () => second.decoder.decode({ path, format, ...expensive }))
      return last === 'expensive' ? 'too_large' : last
    },
    close: () => {
      first.decoder.close()
      second.decoder.close()
    },
  }
}
