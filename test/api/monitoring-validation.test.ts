import assert from 'node:assert/strict'
import { type Answer, type Client, expect, startServer, type TestServer } from '../support/server.ts'
import { createCallOwn, type OwnAnswer } from '../../server/features/monitoring/own-calls.ts'
import { validateEndpoints } from '../../server/features/monitoring/validate-endpoints.ts'
import { addTask, refuses } from '../suites/answers.ts'

interface Result {
  endpoint: string
  caller: string
  ok: boolean
  status: number | null
  problem: string | null
}

describe('checks by calls to the own instance', () => {
  let server: TestServer
  before(async () => void (server = await startServer({ env: { REGISTRATION: 'closed' } })))
  after(() => server.close())

  const check = (what: string, caller: Client = server.admin): Promise<Answer> =>
    caller.rest('GET', `/monitoring/validate/${what}`)
  const found = async (what: string) => (await expect(check(what), 200)).body.data
  const off = async () => (await found('endpoints')).results.filter(({ ok }: Result) => !ok) as Result[]
  /** Changes the database while `work` runs. */
  const during = async <T>(change: string, undo: string, work: () => Promise<T>): Promise<T> => {
    await server.query(change)
    try {
      return await work()
    } finally {
      await server.query(undo)
    }
  }

  describe('of the endpoints', () => {
    it('[MO5] finds nothing off in a server that is well, and looks at each kind of answer', async () => {
      await addTask(server.admin)
      const { ok, checked, failed, results } = await found('endpoints')
      assert.deepEqual([results.filter((one: Result) => !one.ok), ok, failed], [[], true, 0])
      assert.equal(checked, results.length)
      const asked = results.map(({ endpoint, caller }: Result) => `${endpoint} ${caller}`)
      for (const endpoint of ['/tasks', '/projects', '/auth/me', '/audit/logs', '/system/metrics'])
        for (const caller of ['administrator', 'stranger'])
          assert.ok(asked.includes(`GET ${endpoint} ${caller}`), `${endpoint} ${caller}`)
      for (const endpoint of ['/health/ready', '/metrics', '/openapi.json'])
        assert.ok(asked.includes(`GET ${endpoint} administrator`), endpoint)
      assert.ok(asked.includes('GET /socket.io stranger'))
    })

    it('[MO5] names the endpoint that fails, and not its neighbours', async () => {
      const bad = await during(
        'alter table notification_preferences rename to preferences_away',
        'alter table preferences_away rename to notification_preferences',
        off,
      )
      assert.deepEqual(
        bad.map(({ endpoint, caller, status, problem }) => [endpoint, caller, status, problem]),
        [['GET /notifications/preferences', 'administrator', 500, 'answered 500 (internal_error)']],
      )
    })

    /** The instance as it would look if it answered this request in another way. */
    const falsified = async (at: string, change: (answer: OwnAnswer) => unknown) => {
      const callOwn = createCallOwn(() => server.url)
      const { results } = await validateEndpoints(async (path, call) => {
        const answer = await callOwn(path, call)
        if (path === at && call?.token !== undefined) await change(answer)
        return answer
      }, server.admin.token)
      return results.filter(({ ok }) => !ok).map(({ endpoint, problem }) => [endpoint, problem])
    }

    for (const [what, at, change, problem] of [
      [
        'an odd value',
        '/projects',
        ({ body }: any) => (body.results[0].visibility = 'hidden'),
        /^results\.0\.visibility: /,
      ],
      ['a missing field', '/auth/me', ({ body }: any) => delete body.email, /^email: /],
      ['no envelope', '/system/metrics', (answer: any) => (answer.body = answer.body.data), /envelope/],
      ['a wrong field in an envelope', '/system/health', ({ body }: any) => (body.data.status = 'hidden'), /^status: /],
      ['no request id', '/tasks', (answer: any) => (answer.headers = new Headers()), /X-Request-Id/],
      [
        'no answer',
        '/notifications',
        () => Promise.reject(Object.assign(new Error('hidden'), { code: 'ECONNRESET' })),
        /ECONNRESET/,
      ],
    ] as const)
      it(`[MO5] names an answer with ${what}, and no value of it`, async () => {
        await expect(server.admin.rest('POST', '/projects', { name: 'one' }), 201)
        const [first, ...others] = await falsified(`/api/v1${at}`, change)
        assert.deepEqual([first![0], others], [`GET ${at}`, []])
        assert.match(first![1]!, problem)
        assert.ok(!first![1]!.includes('hidden'))
      })
  })

  describe('of signing in', () => {
    const rows = async () =>
      (
        await server.query<{ users: number; trials: number; sessions: number; tokens: number }>(
          `select (select count(*) from users) as users, (select count(*) from trial_accounts) as trials,
            (select count(*) from sessions) as sessions, (select count(*) from refresh_tokens) as tokens`,
        )
      )[0]!

    it('[MO6] walks sign-in, refresh, expiry and refusal, also where registration is closed, and leaves nothing', async () => {
      const before = await rows()
      const { ok, steps } = await found('authentication')
      assert.deepEqual([steps.filter((one: Result) => !one.ok), ok], [[], true])
      const names = steps.map(({ step }: { step: string }) => step).join()
      for (const part of ['sign in', 'refresh', 'expired', 'wrong password', 'sign out'])
        assert.ok(names.includes(part), part)
      assert.deepEqual(await rows(), before)
    })

    it('[MO6] names the step that fails, and leaves nothing then either', async () => {
      const before = await rows()
      const { ok, steps } = await during(
        `create function refuse() returns trigger language plpgsql as $$ begin raise 'no'; end $$;
          create trigger refuse before update of spent_at on refresh_tokens for each row execute function refuse()`,
        'drop function refuse cascade',
        () => found('authentication'),
      )
      const bad = steps.filter((one: Result) => !one.ok)
      assert.deepEqual(
        [ok, bad.map(({ step, problem }: any) => [step, problem])],
        [false, [['refresh', 'answered 500']]],
      )
      assert.deepEqual(await rows(), before)
    })

    it('[MO6] removes what an earlier check left, and no account that only has such a name', async () => {
      const [own] = await server.query<{ id: number }>(
        `insert into users (email, username, name, password_hash) values ('check-1@taskwire.invalid', 'check-1', 'Check', 'x') returning id`,
      )
      for (const [name, minutes] of [
        ['check-2', 10],
        ['check-3', 0],
      ] as const)
        await server.query(
          `with made as (insert into users (email, username, name, password_hash) values ($1 || '@x.invalid', $1, 'Check', 'x') returning id)
            insert into trial_accounts select id, now() - make_interval(mins => $2) from made`,
          [name, minutes],
        )
      await found('authentication')
      const left = await server.query<{ username: string }>(
        `select username from users where username like 'check-%' order by 1`,
      )
      // The third may belong to a check that another instance makes just now.
      assert.deepEqual(
        left.map(({ username }) => username),
        ['check-1', 'check-3'],
      )
      await server.query(`delete from users where username like 'check-%' and id >= $1`, [own!.id])
    })
  })

  it('[MO7] makes one check at a time, so that many do not wait for one another', async () => {
    const answers = await Promise.all(Array.from({ length: 14 }, () => check('endpoints')))
    const refused = answers.filter(({ status }) => status !== 200)
    assert.ok(refused.length >= 1 && refused.length <= 13)
    for (const answer of refused) refuses(answer, 'conflict')
    await expect(check('authentication'), 200)
  })
})
