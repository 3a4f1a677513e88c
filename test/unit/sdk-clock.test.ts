import assert from 'node:assert/strict'
import { glob, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { createClock, dateWithinMs } from '../../sdk/client/clock.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** A computer whose clock is off, and a server; time passes for both when the test says so. */
function createWorld(offByMs: number) {
  let sinceStart = 5_000
  const server = () => 1_800_000_000_000 + sinceStart
  const clock = createClock({ monotonic: () => sinceStart, own: () => server() + offByMs })
  return {
    clock,
    server,
    pass: (ms: number) => void (sinceStart += ms),
    /** A request and its answer with a `Date`, which has whole seconds. */
    ask(thereMs: number, backMs: number) {
      const askedAt = sinceStart
      sinceStart += thereMs
      const toldMs = Math.floor(server() / 1_000) * 1_000
      sinceStart += backMs
      clock.observe(toldMs, dateWithinMs, askedAt)
    },
  }
}

describe('sdk: the time of the server', () => {
  it('[CK1] is the computer’s before the first answer and the server’s afterwards, however far apart they are', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -1e10, max: 1e10 }),
        fc.array(fc.tuple(fc.nat(900), fc.nat(900), fc.nat(100_000)), { minLength: 1, maxLength: 20 }),
        (offByMs, questions) => {
          const { clock, server, ask, pass } = createWorld(offByMs)
          assert.equal(clock.now(), server() + offByMs)
          for (const [there, back, later] of questions) {
            ask(there, back)
            pass(later)
            const off = clock.now() - server()
            assert.ok(off <= dateWithinMs + there && off >= -1_000 - back, `off by ${off} ms`)
          }
        },
      ),
    )
  })

  it('[CK1] does not change with an answer that contradicts nothing', () => {
    const { clock, server, ask, pass } = createWorld(7_200_000)
    ask(20, 20)
    let before = clock.now() - server()
    for (let nth = 0; nth < 200; nth += 1) {
      pass(137)
      ask(20, 20)
      const off = clock.now() - server()
      assert.ok(off >= before, 'time went back')
      before = off
    }
    assert.ok(before > -60 && before <= 0, `after many answers it is off by ${before} ms`)
  })

  it('[CK1] follows a server whose clock is set, and ignores invalid times', () => {
    const { clock, server, ask } = createWorld(0)
    ask(10, 10)
    clock.observe(Number.NaN, dateWithinMs, 0)
    assert.ok(Math.abs(clock.now() - server()) < 2_000)
    for (const hours of [-5, 5]) {
      const askedAt = 5_020
      clock.observe(server() + hours * 3_600_000, 0, askedAt)
      assert.ok(Math.abs(clock.now() - server() - hours * 3_600_000) < 1_000)
    }
  })

  it('[CK2] is the only time in the SDK and on the page: nothing else reads the computer’s clock', async () => {
    const allowed: Record<string, string> = {
      'sdk/client/clock.ts': 'until the server has told its own',
      'client-demo/src/lib/steps.ts': 'a number that no earlier load of the page has used',
      'client-demo/src/account/create-account.tsx': 'a number to make a username another',
      'client-demo/src/drafts/drafts.ts': 'where no other clock is given',
      'client-demo/src/lib/form-errors.ts': 'until when somebody has to wait, by the clock that they see',
    }
    const found: string[] = []
    for await (const file of glob(['sdk/**/*.ts', 'client-demo/src/**/*.{ts,tsx}'], { cwd: root }))
      if (/\bDate\.now\b|new Date\(\)/.test(await readFile(`${root}/${file}`, 'utf8'))) found.push(file)
    assert.deepEqual(found.toSorted(), Object.keys(allowed).toSorted())
  })
})
