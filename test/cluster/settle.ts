import { setTimeout as sleep } from 'node:timers/promises'
import { ask } from './account.ts'
import type { Instance } from './instance.ts'
import type { Session } from './session.ts'

export interface Attempt {
  instance: string
  /** 0 when there was no answer. */
  status: number
  /** The code of the error, or the reason why there was no answer. */
  code: string | null
  ms: number
}

/** A write, from the first attempt to the answer that settles it. */
export interface Operation {
  key: string
  attempts: Attempt[]
  /** 2xx, or a 4xx that is final; 0 when the write was given up. */
  status: number
  body: any
  /** Clock of this process, in ms. */
  settledAt: number
  /** Answers that no client should get, whatever goes wrong. */
  oddities: string[]
}

export interface Write {
  method: string
  path: string
  body?: unknown
}

export interface SettleOptions {
  session: Session
  key: string
  write: Write
  /** The instance of the next attempt. */
  choose: () => Pick<Instance, 'name' | 'url'>
  withinMs?: number
  /** Checked before each further attempt. */
  giveUp?: () => boolean
}

/** Tries with the same key, at one instance after the other, until the write is settled. */
export async function settle({ session, key, write, choose, withinMs, giveUp }: SettleOptions): Promise<Operation> {
  const operation: Operation = { key, attempts: [], status: 0, body: null, settledAt: 0, oddities: [] }
  while (operation.attempts.length === 0 || !giveUp?.()) {
    const instance = choose()
    const { token } = session
    const began = performance.now()
    let why: string | null = null
    const answer = await ask(instance.url, write.method, write.path, {
      token,
      body: write.body,
      headers: { 'idempotency-key': key, 'x-mutation-id': key },
      ...(withinMs && { withinMs }),
    }).catch((error: Error & { cause?: { code?: string } }) => {
      why = error.cause?.code ?? error.name
      return null
    })
    const status = answer?.status ?? 0
    const code: string | null = answer?.body?.error?.code ?? why
    operation.attempts.push({ instance: instance.name, status, code, ms: performance.now() - began })
    const retryAfter = answer?.headers.get('retry-after') ?? null

    if (status >= 500 && (status !== 503 || retryAfter === null)) operation.oddities.push(`${status} ${code} of ${key}`)
    if (status === 422) operation.oddities.push(`422 ${code} of ${key}`)
    if (status === 401) await session.renew(token)
    else if (status === 0 || status >= 500 || retryAfter !== null) await sleep(50 + Math.random() * 100)
    else return Object.assign(operation, { status, body: answer!.body, settledAt: performance.now() })
  }
  return operation
}

export const isAcknowledged = ({ status }: Operation): boolean => status >= 200 && status < 300
