import { AppError } from '../../kernel/errors.ts'
import type { Connection } from '../../ports/database.ts'
import { goingOn, isGoingOn } from '../../ports/going-on.ts'
import type { Peers } from '../../ports/peers.ts'

/** How often an instance looks by itself, without having been told. */
export const lookMs = 1_000
const retryAfter = 5

/** Whether all calls are refused at the moment, because the data are being replaced. */
export interface Maintenance {
  readonly isOn: boolean
  /** @throws AppError `unavailable` */
  assertOff(): void
  /** Looks at once, and has the other instances do so. */
  announce(): void
  stop(): void
}

/**
 * Whoever replaces the data holds a lock, which every instance looks for. Nothing depends on how soon it notices: the
 * tables are locked while they are replaced. It only makes the difference between a clear answer and a slow one.
 */
export function createMaintenance({
  db,
  peers,
  everyMs = lookMs,
}: {
  db: Connection
  peers: Peers
  everyMs?: number | undefined
}): Maintenance {
  let isOn = false
  let looking = false
  let again = false
  // One look at a time: with a database that does not answer they would take the connections of the health checks.
  async function lookOnce() {
    looking = true
    isOn = await isGoingOn(db, goingOn.maintenance).catch(() => isOn)
    looking = false
    if (again) look()
  }
  function look() {
    again = looking
    if (!looking) void lookOnce()
  }
  peers.on('maintenance', look)
  const timer = setInterval(look, everyMs)
  timer.unref()
  return {
    get isOn() {
      return isOn
    },
    assertOff: () => {
      if (isOn) throw new AppError('unavailable', 'A backup is being put back; try again in a moment.', { retryAfter })
    },
    announce: () => {
      look()
      peers.send('maintenance', null)
    },
    stop: () => clearInterval(timer),
  }
}
