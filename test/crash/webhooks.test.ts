import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { fileURLToPath } from 'node:url'
import { addTask } from '../suites/answers.ts'
import { type Receiver, register, startReceiver, verify, webhookEnv } from '../suites/webhook-receiver.ts'
import { eventually } from '../support/eventually.ts'
import { type Client, startServer, type TestServer } from '../support/server.ts'

const program = fileURLToPath(new URL('./webhook-instance.ts', import.meta.url))
const jwtSecret = 'a secret for tests that has more than 32 characters'
/** Longer than everything before the kill takes; the survivor waits for its end. */
const leaseMs = 4_000
const count = 30

describe('an instance that is killed while it sends to webhooks', function () {
  this.timeout(120_000)
  let server: TestServer
  let ann: Client
  let receiver: Receiver
  const held: ServerResponse[] = []
  const running: ChildProcess[] = []

  beforeEach(async () => {
    const tuning = { webhooks: { pollMs: 20, leaseMs, answerMs: leaseMs - 1_000 } }
    server = await startServer({ env: webhookEnv, tuning, jwtSecret })
    ann = await server.user('ann')
    receiver = await startReceiver((_, response) => void held.push(response))
  })
  afterEach(async () => {
    for (const child of running.splice(0)) if (child.exitCode === null && child.signalCode === null) await end(child)
    await receiver.close()
    await server.close()
  })

  const start = async (lease = leaseMs) => {
    const given = [program, server.databaseUrl, jwtSecret, String(lease)]
    const child = spawn(process.execPath, given, { stdio: ['ignore', 'pipe', 'inherit'] })
    running.push(child)
    await once(child.stdout!, 'data')
    return child
  }
  const end = async (child: ChildProcess, signal: NodeJS.Signals = 'SIGKILL') => {
    child.kill(signal)
    await once(child, 'exit')
  }
  /** Waits until as many deliveries are on their way as each of two instances may have at first. */
  const bothSend = () => eventually(() => assert.equal(held.length, 4 + 4))
  const letGo = () => {
    receiver.answer((_, response) => void response.writeHead(204).end())
    for (const response of held.splice(0)) if (!response.destroyed) response.writeHead(204).end()
  }
  const delivered = async () => {
    const done = await eventually(
      async () => {
        const rows = await server.query<{
          offset: number
          previous_offset: number
          message_id: string
          status: string
        }>(`select "offset", previous_offset, message_id, status from webhook_deliveries order by "offset"`)
        assert.deepEqual([rows.length, new Set(rows.map(({ status }) => status))], [count, new Set(['delivered'])])
        return rows
      },
      { within: 20_000 },
    )
    return done
  }
  /** Each event once, each with one id, in one chain, and each of them was received. */
  const judge = (rows: Awaited<ReturnType<typeof delivered>>, secret: string) => {
    assert.equal(new Set(rows.map(({ offset }) => offset)).size, count)
    assert.deepEqual(
      rows.map(row => row.previous_offset),
      [0, ...rows.slice(0, -1).map(({ offset }) => offset)],
    )
    const ids = new Map<number, Set<string>>()
    for (const one of receiver.got) {
      verify(secret, one)
      ids.set(one.message.offset, (ids.get(one.message.offset) ?? new Set()).add(one.id))
    }
    assert.deepEqual(
      rows.map(({ offset, message_id }) => [offset, message_id]),
      [...ids].toSorted(([a], [b]) => a - b).map(([offset, its]) => [offset, [...its].join()]),
    )
  }

  it('[WK13] leaves what it had to another, which sends it with the same ids', async () => {
    const child = await start()
    const { secret } = await register(ann, receiver.url, ['task.created'])
    await Promise.all(Array.from({ length: count }, () => addTask(ann)))
    await bothSend()
    await end(child)
    letGo()
    judge(await delivered(), secret)
    assert.ok(receiver.got.length >= count + 4, `${receiver.got.length} messages`)
  })

  it('[WK13] hands over at once what it had when it is asked to stop', async () => {
    const child = await start(3600_000)
    const { secret } = await register(ann, receiver.url, ['task.created'])
    await Promise.all(Array.from({ length: count }, () => addTask(ann)))
    await bothSend()
    await end(child, 'SIGTERM')
    assert.equal(child.exitCode, 0)
    letGo()
    judge(await delivered(), secret)
  })
})
