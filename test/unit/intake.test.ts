import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import { createIntake } from '../../server/faces/socket/intake.ts'
import { isForNobody } from '../../server/faces/socket/member.ts'
import { createTraffic } from '../../server/faces/socket/traffic.ts'
import { eventually } from '../support/eventually.ts'

describe('reading from a connection', () => {
  const scene = (packets: number, bytes = 10) => {
    const reads: string[] = []
    const webSocket = (name: string) => ({
      bufferedAmount: 0,
      pause: () => reads.push(`${name} paused`),
      resume: () => reads.push(`${name} resumed`),
    })
    const connection = Object.assign(new EventEmitter(), {
      readyState: 'open',
      writeBuffer: Array.from({ length: packets }, () => ({ data: 'x'.repeat(bytes) })),
      transport: { socket: webSocket('first') },
      close: () => void (connection.readyState = 'closed'),
    })
    const take = () => {
      connection.writeBuffer.length = 0
      connection.emit('drain')
    }
    const intake = createIntake()
    return {
      ...intake,
      connection: connection as unknown as Parameters<typeof intake.relieve>[0],
      raw: connection,
      take,
      reads,
      webSocket,
    }
  }

  it('[TU11] continues while little waits for the connection', () => {
    for (const [packets, bytes] of [
      [0, 0],
      [250, 10],
      [10, 26_000],
    ]) {
      const { relieve, released, connection, reads } = scene(packets!, bytes)
      relieve(connection)
      assert.deepEqual([reads, released(connection)], [[], undefined])
    }
  })

  it('[TU11] pauses when more than 250 answers or 256 KiB wait, until they are taken', async () => {
    for (const [packets, bytes] of [
      [251, 10],
      [11, 26_000],
    ]) {
      const { relieve, released, connection, take, reads } = scene(packets!, bytes)
      relieve(connection)
      relieve(connection)
      assert.deepEqual(reads, ['first paused'])
      const waited = released(connection)
      take()
      await waited
      assert.equal(released(connection), undefined)
      await eventually(() => assert.deepEqual(reads, ['first paused', 'first resumed']))
    }
  })

  it('[RS10] continues without calls, however much waits; and closes a connection that takes nothing', async function () {
    this.timeout(120_000)
    const { watch, released, connection, raw, reads } = scene(2_000, 1_000)
    watch(connection)
    watch(connection)
    assert.deepEqual([reads, released(connection)], [[], undefined])
    await eventually(() => assert.equal(raw.readyState, 'closed'), { within: 10_000 })
    assert.deepEqual(reads, [])
  })

  it('[TU11] pauses for as long as there is any reason', async () => {
    const { hold, released, connection, reads } = scene(0)
    const [one, other] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const holds = [hold(connection, one.promise), hold(connection, other.promise)]
    one.resolve()
    await holds[0]
    assert.deepEqual(reads, ['first paused'])
    other.resolve()
    await holds[1]
    assert.deepEqual([reads, released(connection)], [['first paused', 'first resumed'], undefined])
  })

  it('[TU11] continues within seconds, however much a person has sent', () => {
    const { bytes } = createTraffic({ maxSocketsPerUser: 50 })
    for (let nth = 0; nth < 1_000; nth++) assert.ok(bytes.owe(1, 1024 * 1024) <= 5_000)
  })

  it('[TU11] drops calls that have waited for a socket that is gone, and still does the last one', () => {
    const [now, longAgo] = [performance.now(), performance.now() - 5_000]
    assert.equal(isForNobody({ closed: true }, longAgo), true)
    assert.equal(isForNobody({ closed: true }, now), false)
    assert.equal(isForNobody({ closed: false }, longAgo), false)
  })

  it('[TU11] stays paused through an upgrade', async () => {
    const { hold, connection, raw, reads, webSocket } = scene(0)
    const { promise, resolve } = Promise.withResolvers<void>()
    const held = hold(connection, promise)
    raw.transport = { socket: webSocket('second') }
    raw.emit('upgrade')
    resolve()
    await held
    assert.deepEqual(reads, ['first paused', 'second paused', 'second resumed'])
  })
})
