import type { Socket } from 'node:net'

/**
 * The number of handshakes that are admitted at once, and the pause after them, in which all other work gets its turn.
 */
const atOnce = 20
const pauseMs = 20
/** Further handshakes do not wait here; they are refused with a time to come again. */
const mostWaiting = 5_000

export interface AdmissionBounds {
  /** The number of handshakes of one address that may wait; null when the address has no limit. */
  mostOf: (address: string) => number | null
}

interface Waiting {
  socket: Socket
  admit: () => void
  turnAway: () => void
}

/**
 * Admits handshakes a few at a time, so that thousands of clients that reconnect at once (after a restart, for example)
 * do not block this process. Addresses are served in rotation, so an address with thousands of handshakes delays
 * another one by a single handshake. While a handshake waits it has an open connection and nothing else.
 */
export function createAdmission({ mostOf }: AdmissionBounds) {
  /** In the order in which the addresses are served next. */
  const queues = new Map<string, Set<Waiting>>()
  let waitingCount = 0
  let timer: NodeJS.Timeout | null = null
  let stopped = false

  function remove(address: string, one: Waiting) {
    const queue = queues.get(address)
    if (!queue?.delete(one)) return
    waitingCount--
    if (queue.size === 0) queues.delete(address)
  }

  function next(): Waiting | undefined {
    for (const [address, queue] of queues) {
      const [one] = queue
      queues.delete(address)
      queues.set(address, queue)
      remove(address, one!)
      return one
    }
    return undefined
  }

  function admitSome() {
    let left = atOnce
    for (let one = next(); one; one = left > 0 ? next() : undefined) {
      one.admit()
      left--
    }
    timer = waitingCount > 0 || left < atOnce ? setTimeout(admitSome, pauseMs) : null
  }

  /**
   * Refuses the last handshake of the address with the longest queue, so that filling the queue keeps no other address
   * out.
   */
  function dropOneOfLongest(than: number): boolean {
    let [longest, queue]: [string, Set<Waiting>] = ['', new Set()]
    for (const entry of queues) if (entry[1].size > queue.size) [longest, queue] = entry
    if (queue.size <= than + 1) return false
    const last = [...queue].at(-1)!
    remove(longest, last)
    last.turnAway()
    return true
  }

  return {
    /** Calls one of the two: `admit` when it is the address's turn, `turnAway` when too many wait. */
    wait: (address: string, socket: Socket, admit: () => void, turnAway: () => void): void => {
      const most = mostOf(address) ?? mostWaiting
      const waits = queues.get(address)?.size ?? 0
      if (stopped || waits >= most || (waitingCount >= mostWaiting && !dropOneOfLongest(waits))) return turnAway()
      const one = { socket, turnAway, admit: () => socket.off('close', gone) && admit() }
      const gone = () => remove(address, one)
      // A client that disconnects while it waits takes nobody's turn.
      socket.once('close', gone)
      const queue = queues.get(address) ?? new Set()
      queues.set(address, queue.add(one))
      waitingCount++
      if (timer === null) admitSome()
    },
    /** Admits nobody from now on. */
    stop: () => {
      stopped = true
      if (timer) clearTimeout(timer)
      for (const [address, queue] of queues) {
        for (const one of [...queue]) {
          remove(address, one)
          one.turnAway()
        }
      }
    },
  }
}
