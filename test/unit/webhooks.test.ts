import assert from 'node:assert/strict'
import { Webhook as Verifier } from 'standardwebhooks'
import { isApplicationEvent, webhookTypeOf } from '../../contract/index.ts'
import { createPulse } from '../../server/features/webhooks/pulse.ts'
import { createPaces } from '../../server/features/webhooks/pace.ts'
import { pauseAfter, retryAfterMs } from '../../server/features/webhooks/retries.ts'
import { newSecret, signedHeaders } from '../../server/features/webhooks/signing.ts'
import { createSealer } from '../../server/kernel/sealed.ts'
import { eventually } from '../support/eventually.ts'

describe('messages to webhooks', () => {
  it('[WK1] are signed as the vector of Standard Webhooks says', () => {
    const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
    const at = 1_614_265_330_999
    const headers = signedHeaders([secret], 'msg_p5jXN8AQM9LWM0D4loKWxJek', at, '{"test": 2432232314}')
    assert.deepEqual(headers, {
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    })
  })

  it('[WK1] are verified by the reference library, also with letters of any script', () => {
    const secret = newSecret()
    const body = JSON.stringify({ data: 'Grüße, 世界 🎈' })
    const headers = signedHeaders([newSecret(), secret], 'msg_1', Date.now(), body)
    assert.deepEqual(new Verifier(secret).verify(body, headers), JSON.parse(body))
    assert.throws(() => new Verifier(secret).verify(body.replace('ü', 'u'), headers))
    assert.throws(() => new Verifier(newSecret()).verify(body, headers))
  })

  it('[WK2] are called what was asked for, by the plain name first', () => {
    assert.equal(webhookTypeOf('video_created', ['video.uploaded']), 'video.uploaded')
    assert.equal(webhookTypeOf('video_created', ['video.uploaded', 'video.created']), 'video.created')
    assert.equal(webhookTypeOf('video_created', ['*', 'video.uploaded']), 'video.created')
    assert.equal(webhookTypeOf('payment.completed', ['*']), 'payment.completed')
  })

  it('[WK2] of applications have names with dots that begin with no name of ours', () => {
    for (const name of ['payment.completed', 'a.b', 'Build_2.done.ok']) assert.ok(isApplicationEvent(name), name)
    for (const name of [
      'payment',
      '.a',
      'a.',
      'task.done',
      'tasks',
      'post_box.full',
      'USER.born',
      'a-b.c',
      `a.${'b'.repeat(99)}`,
    ])
      assert.ok(!isApplicationEvent(name), name)
  })
})

describe('retries', () => {
  it('[WK6] follow the schedule with jitter, never sooner, and end with it', () => {
    const schedule = [5, 300]
    assert.deepEqual(
      [1, 2, 3].map(attempts => pauseAfter(schedule, attempts, () => 0)),
      [5_000, 300_000, null],
    )
    assert.deepEqual(
      pauseAfter(schedule, 1, () => 1),
      6_000,
    )
    assert.equal(pauseAfter([], 1), null)
  })

  it('[WK7] understand Retry-After as seconds and as a date, a day at most', () => {
    const now = Date.parse('2026-01-31T09:00:00Z')
    const of = (header: string | undefined) => retryAfterMs(header, now)
    assert.deepEqual(['120', ' 7 ', 'Sat, 31 Jan 2026 09:01:00 GMT'].map(of), [120_000, 7_000, 60_000])
    assert.deepEqual(['9999999999', 'Sat, 31 Jan 2096 09:01:00 GMT'].map(of), [86_400_000, 86_400_000])
    assert.deepEqual(['Sat, 31 Jan 2020 09:01:00 GMT', '0'].map(of), [0, 0])
    assert.deepEqual([undefined, '', 'soon', '-5x'].map(of), [null, null, null, null])
  })

  it('[WK8] give a receiver that is slow or fails few places, and more to one that is quick', () => {
    const paces = createPaces()
    const of = (webhook_id: number) => ({ webhook_id, user_id: 7 })
    const left = (id: number) => paces.room().of.get(id) ?? paces.room().otherwise
    const send = (id: number, delivered: boolean, durationMs: number) => {
      paces.begin(of(id))
      paces.note(of(id), { delivered, durationMs })
      paces.drop(of(id))
    }
    assert.equal(left(1), 4)
    for (let times = 0; times < 9; times++) send(1, true, 5)
    assert.equal(left(1), 32)
    send(1, true, 2_500)
    assert.equal(left(1), 2)
    send(2, false, 5)
    paces.begin(of(2))
    assert.deepEqual([left(2), paces.underWay, paces.room().all], [1, 1, 199])
    paces.drop(of(2))
    assert.deepEqual([left(2), paces.underWay], [2, 0])
  })
})

describe('secrets that are stored', () => {
  const sealer = createSealer('a secret for tests that has more than 32 characters', 'one')

  it('[WK3] are read again with the same key, and differ each time', () => {
    const [first, second] = [sealer.seal('whsec_abc'), sealer.seal('whsec_abc')]
    assert.deepEqual([sealer.open(first), sealer.open(second)], ['whsec_abc', 'whsec_abc'])
    assert.ok(!first.equals(second) && !first.includes('whsec'))
  })

  it('[WK3] are nothing with another key, for another purpose, or when they were changed', () => {
    const sealed = sealer.seal('whsec_abc')
    assert.equal(createSealer('another secret that has more than 32 characters', 'one').open(sealed), null)
    assert.equal(createSealer('a secret for tests that has more than 32 characters', 'two').open(sealed), null)
    for (const at of [0, 13, sealed.length - 1]) {
      const changed = Buffer.from(sealed)
      changed[at]! ^= 1
      assert.equal(sealer.open(changed), null)
    }
    assert.equal(sealer.open(Buffer.alloc(3)), null)
  })
})

describe('a pulse', () => {
  it('[WK13] runs once more for what came during a run, never twice at once, and not after its end', async () => {
    let [runs, atOnce] = [0, 0]
    let release = () => {}
    const pulse = createPulse(
      async () => {
        runs++
        assert.equal(++atOnce, 1)
        await new Promise<void>(resolve => (release = resolve))
        atOnce--
        return false
      },
      { everyMs: 3600_000 },
      error => assert.fail(String(error)),
    )
    pulse.wake()
    pulse.wake()
    pulse.wake()
    assert.equal(runs, 1)
    const settled = () => new Promise(resolve => setImmediate(resolve))
    release()
    await settled()
    assert.equal(runs, 2)
    const stopped = pulse.stop()
    release()
    await stopped
    pulse.wake()
    await settled()
    assert.equal(runs, 2)
  })

  it('[WK19] rests before it runs again, unless it is hurried', async () => {
    let runs = 0
    const work = () => Promise.resolve(++runs < 0)
    const pulse = createPulse(work, { everyMs: 3600_000, restMs: 3600_000 }, error => assert.fail(String(error)))
    const settled = () => new Promise(resolve => setImmediate(resolve))
    pulse.wake()
    await settled()
    pulse.wake()
    await settled()
    assert.equal(runs, 1)
    pulse.hurry()
    // During a run too.
    pulse.hurry()
    await settled()
    assert.equal(runs, 3)
    await pulse.stop()
    pulse.hurry()
    await settled()
    assert.equal(runs, 3)
  })

  it('[WK6] runs at each time that it was given, also when an earlier one comes between', async () => {
    let runs = 0
    const work = () => Promise.resolve(++runs < 0)
    const pulse = createPulse(work, { everyMs: 3600_000 }, error => assert.fail(String(error)))
    pulse.wake()
    const before = runs
    for (const ms of [60, 20, 61, 40]) pulse.wakeIn(ms)
    await eventually(() => assert.ok(runs >= before + 3))
    await pulse.stop()
  })
})
