import { setTimeout as sleep } from 'node:timers/promises'
import { send } from './load.ts'

/** What one person may do at once is bounded, so many people write. @returns a token of each */
export async function signUp(url: string, count: number): Promise<string[]> {
  const tokens: string[] = []
  for (let nth = 0; nth < count; nth++) {
    const account = { email: `w${nth}@example.com`, username: `writer-${nth}`, password: 'correct horse 9' }
    const answer = await send(url, '', { method: 'POST', path: '/auth/register', body: JSON.stringify(account) })
    tokens.push(JSON.parse(answer).access_token)
  }
  return tokens
}

/**
 * Creates as many tasks a second as are asked for, by the writers in turns. The title of each is its number.
 *
 * @param sent called before each is sent
 * @returns the milliseconds until each was answered
 */
export async function writeSteadily(
  url: string,
  writers: string[],
  { perSecond, seconds }: { perSecond: number; seconds: number },
  sent: (nth: number) => void = () => {},
): Promise<number[]> {
  const answers: number[] = []
  const writes: Promise<void>[] = []
  const began = performance.now()
  for (let nth = 0; nth < perSecond * seconds; nth++) {
    await sleep(Math.max(0, began + (nth * 1000) / perSecond - performance.now()))
    const at = performance.now()
    sent(nth)
    const call = { method: 'POST', path: '/tasks', body: JSON.stringify({ title: String(nth) }) }
    const answered = send(url, writers[nth % writers.length]!, call)
    writes.push(answered.then(() => void answers.push(performance.now() - at)))
  }
  await Promise.all(writes)
  return answers
}
