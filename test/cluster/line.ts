/** A connection of one client, whoever speaks it. */
export interface Line {
  /** Emits and waits for the acknowledgement. Rejects when the line ends, or when none comes in time. */
  call(event: string, input: unknown, withinMs?: number): Promise<any>
  /** Resolves when the line is no more, with the code that the server gave before, if any. */
  ended: Promise<string | null>
  readonly open: boolean
  /** Says goodbye. */
  close(): void
  /** Without a word. */
  drop(): void
}

export interface LineOptions {
  url: string
  auth: { token: string; bulk?: boolean }
  /** Everything that the server emits, from the very beginning. */
  hear: (name: string, payload: any) => void
  withinMs?: number
}

/** @throws {Refused} when the server says no, any other error when it says nothing in time */
export type OpenLine = (options: LineOptions) => Promise<Line>

export class Refused extends Error {
  readonly code: string
  constructor(code: string) {
    super(`refused: ${code}`)
    this.code = code
  }
}

/** What either way of speaking needs: the first outcome counts, and everybody who waits hears of the end. */
export function createEnding() {
  const { promise: ended, resolve } = Promise.withResolvers<string | null>()
  let open = true
  let code: string | null = null
  return {
    ended,
    get open() {
      return open
    },
    /** The reason that the server announces before it closes. */
    announce: (payload: any) => void (code = payload?.error?.code ?? code),
    end: () => {
      open = false
      resolve(code)
    },
    /** Rejects with the line, or when it takes too long. */
    within: async <T>(work: Promise<T>, ms: number, what: string): Promise<T> => {
      const late = Promise.withResolvers<never>()
      const timer = setTimeout(() => late.reject(new Error(`no answer to ${what} within ${ms} ms`)), ms)
      const gone = ended.then(() => {
        throw new Error(`the line ended before ${what} was answered`)
      })
      return Promise.race([work, late.promise, gone]).finally(() => clearTimeout(timer))
    },
  }
}
