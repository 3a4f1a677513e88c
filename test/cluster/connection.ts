/** A connection of one client, by whatever library. */
export interface Connection {
  /** Emits and waits for the acknowledgement. Rejects when the connection ends, or when none comes in time. */
  call(event: string, input: unknown, withinMs?: number): Promise<any>
  /** Resolves when the connection has ended, with the code that the server gave before, if any. */
  ended: Promise<string | null>
  readonly open: boolean
  /** Closes with a disconnect. */
  close(): void
  /** Closes without a disconnect. */
  drop(): void
}

export interface ConnectionOptions {
  url: string
  auth: { token?: string; api_key?: string; bulk?: boolean }
  /** Called for everything that the server emits, from the very beginning. */
  receive: (name: string, payload: any) => void
  withinMs?: number
}

/** @throws {Refused} when the server refuses, any other error when it does not answer in time */
export type OpenConnection = (options: ConnectionOptions) => Promise<Connection>

export class Refused extends Error {
  readonly code: string
  constructor(code: string) {
    super(`refused: ${code}`)
    this.code = code
  }
}

/** The end of a connection, shared by both kinds: the first outcome counts, and everybody who waits gets it. */
export function createEnding() {
  const { promise: ended, resolve } = Promise.withResolvers<string | null>()
  let open = true
  let code: string | null = null
  return {
    ended,
    get open() {
      return open
    },
    /** Notes the reason that the server announces before it closes. */
    announce: (payload: any) => void (code = payload?.error?.code ?? code),
    end: () => {
      open = false
      resolve(code)
    },
    /** Rejects with the end of the connection, or when the work takes too long. */
    within: async <T>(work: Promise<T>, ms: number, what: string): Promise<T> => {
      const late = Promise.withResolvers<never>()
      const timer = setTimeout(() => late.reject(new Error(`no answer to ${what} within ${ms} ms`)), ms)
      const gone = ended.then(() => {
        throw new Error(`the connection ended before ${what} was answered`)
      })
      return Promise.race([work, late.promise, gone]).finally(() => clearTimeout(timer))
    },
  }
}
