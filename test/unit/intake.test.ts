import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import { createIntake } from '../../server/faces/socket/intake.ts'
import { isForNobody } from '../../server/faces/socket/member.ts'
import { createTraffic } from '../../server/faces/socket/traffic.ts'
import { eventually } from '../support/eventually.ts'

describe('reading from a line', () => {
  const scene = (packets: number, bytes = 10) => {
    const reads: string[] = []
    const webSocket = (name: string) => ({
      bufferedAmount: 0,
      pause: () => reads.push(`${name} paused`),
      resume: () => reads.push(`${name} resumed`),
    })
    const line = Object.assign(new EventEmitter(), {
      readyState: 'open',
      writeBuffer: Array.from({ length: packets }, () => ({ data: 'x'.repeat(bytes) })),
      transport: { socket: webSocket('first') },
      close: () => void (line.readyState = 'closed'),
    })
    const take = () => {
      line.writeBuffer.length = 0
      line.emit('drain')
    }
    const intake = createIntake()
    return {
      ...intake,
      line: line as unknown as Parameters<typeof intake.relieve>[0],
      raw: line,
      take,
      reads,
      webSocket,
    }
  }

  it('[TU11] goes on while little waits for it', () => {
    for (const [packets, bytes] of [
      [0, 0],
      [250, 10],
      [10, 26_000],
    ]) {
      const { relieve, released, line, reads } = scene(packets!, bytes)
      relieve(line)
      assert.deepEqual([reads, released(line)], [[], undefined])
    }
  })

  it('[TU11] pauses when more than 250 answers or 256 KiB wait, until they are taken', async () => {
    for (const [packets, bytes] of [
      [251, 10],
      [11, 26_000],
    ]) {
      const { relieve, released, line, take, reads } = scene(packets!, bytes)
      relieve(line)
      relieve(line)
      assert.deepEqual(reads, ['first paused'])
      const waited = released(line)
      take()
      await waited
      assert.equal(released(line), undefined)
      await eventually(() => assert.deepEqual(reads, ['first paused', 'first resumed']))
    }
  })

  it('[RS10] goes on where nothing was called, however much waits; and ends all the same where nothing is taken', async function () {
    this.timeout(20_000)
    const { watch, released, line, raw, reads } = scene(2_000, 1_000)
    watch(line)
    watch(line)
    assert.deepEqual([reads, released(line)], [[], undefined])
    await eventually(() => assert.equal(raw.readyState, 'closed'), { within: 10_000 })
    assert.deepEqual(reads, [])
  })

  it('[TU11] is paused for as long as there is any reason', async () => {
    const { hold, released, line, reads } = scene(0)
    const [one, other] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const holds = [hold(line, one.promise), hold(line, other.promise)]
    one.resolve()
    await holds[0]
    assert.deepEqual(reads, ['first paused'])
    other.resolve()
    await holds[1]
    assert.deepEqual([reads, released(line)], [['first paused', 'first resumed'], undefined])
  })

  it('[TU11] goes on within seconds, however much a person has sent', () => {
    const { bytes } = createTraffic({ maxSocketsPerUser: 50 })
    for (let nth = 0; nth < 1_000; nth++) assert.ok(bytes.owe(1, 1024 * 1024) <= 5_000)
  })

  it('[TU11] is for nobody where the socket has gone and the call has waited; what was asked last is still done', () => {
    const [now, longAgo] = [performance.now(), performance.now() - 5_000]
    assert.equal(isForNobody({ closed: true }, longAgo), true)
    assert.equal(isForNobody({ closed: true }, now), false)
    assert.equal(isForNobody({ closed: false }, longAgo), false)
  })

  it('[TU11] stays paused through an upgrade', async () => {
    const { hold, line, raw, reads, webSocket } = scene(0)
    const { promise, resolve } = Promise.withResolvers<void>()
    const held = hold(line, promise)
    raw.transport = { socket: webSocket('second') }
    raw.emit('upgrade')
    resolve()
    await held
    assert.deepEqual(reads, ['first paused', 'second paused', 'second resumed'])
  })
})
