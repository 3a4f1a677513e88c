import { errorCodes } from '../../contract/index.ts'
import type { Metrics } from '../ports/metrics.ts'

/** Counts the errors that clients get, at each door, by their codes. */
export function measureErrors(metrics: Metrics) {
  const errors = metrics.counter({
    name: 'taskwire_errors_total',
    help: 'Errors that clients got, by door and code',
    labels: ['door', 'code'],
  })
  // A rate needs the zero before the first error. These are the ones that should never happen.
  for (const [code, { status }] of Object.entries(errorCodes))
    if (status >= 500) for (const door of ['rest', 'socket']) errors.add({ door, code }, 0)
  return (door: 'rest' | 'socket', code: string): void => errors.add({ door, code })
}

export type CountError = ReturnType<typeof measureErrors>
