import assert from 'node:assert/strict'
import { type Operation, operations } from '../../contract/index.ts'
import { addMember, addProject, addTask } from '../suites/answers.ts'
import { importEnds, sendImport } from '../suites/imports.ts'
import { join, listen } from '../suites/sockets.ts'
import { eventually } from '../support/eventually.ts'
import { ask, type Visitor } from './account.ts'
import { useLoad } from './use-load.ts'
import { useStage } from './use-stage.ts'

describe('instances that read from a replica', function () {
  this.timeout(120_000)
  const stage = useStage({ count: 2, replica: true })
  const under = useLoad(stage)
  const at = (nth: number) => stage().instances[nth]!
  const standby = () => stage().standby!

  before(() => untilUsed())
  afterEach(async () => {
    await standby().query('select pg_wal_replay_resume()')
    standby().stream.delay(0)
    await untilUsed()
  })

  const health = async (nth: number) => (await ask(at(nth).directUrl, 'GET', '/health/detailed')).body
  const untilUsed = () =>
    eventually(
      async () => {
        for (const nth of [0, 1]) assert.equal((await health(nth)).components.replica.status, 'healthy')
      },
      { within: 20_000, every: 100 },
    )

  /** How many reads of both instances the replica answered, and the primary in its place. */
  async function counts() {
    const texts = await Promise.all([0, 1].map(async nth => (await fetch(`${at(nth).directUrl}/metrics`)).text()))
    const sum = (sample: RegExp) =>
      [...texts.join('\n').matchAll(sample)].reduce((total, [, value]) => total + Number(value), 0)
    return {
      reads: sum(/^taskwire_replica_reads_total (\d+)/gm),
      misses: sum(/^taskwire_replica_misses_total\S* (\d+)/gm),
    }
  }

  const listed = async (client: Visitor, query = '') => {
    const { status, body } = await client.rest('GET', `/tasks?page_size=100${query}`)
    assert.equal(status, 200, JSON.stringify(body))
    return (body.results as { id: number }[]).map(({ id }) => id)
  }

  it('[RP1] answer every list from it, and nothing that it could not answer', async () => {
    const admin = stage().admin.at(at(0))
    const before = await counts()
    const lists = Object.values(operations)
      .flatMap(set => Object.values(set as Record<string, Operation>))
      .filter(({ method, path }) => method === 'get' && !path.includes(':'))
    for (const { path } of lists) await admin.rest('GET', path)
    // Each list counts, too. The numbers are kept for a moment.
    await eventually(async () => assert.ok((await counts()).reads - before.reads >= 40))
    assert.equal((await counts()).misses, before.misses)
  })

  it('[RP2] list and find what was written a moment before, at the other instance too', async () => {
    const ann = await stage().user('ann')
    let written = 0
    const writeAndRead = async (times: number) => {
      for (const end = written + times; written < end; written++) {
        const [one, other] = [ann.at(at(written % 2)), ann.at(at((written + 1) % 2))]
        const task = await addTask(one, { title: `number${written}`, priority: 'low' })
        const [here, there, found] = await Promise.all([
          listed(one),
          listed(other),
          listed(other, `&search=number${written}`),
        ])
        assert.ok(here.includes(task.id) && there.includes(task.id), `task ${written}`)
        assert.deepEqual(found, [task.id])
      }
    }
    // The replica rests for a second each time it is late.
    for (let round = 0; ; round++) {
      const { reads: before } = await counts()
      await writeAndRead(60)
      // Three lists, of which two are counted. The numbers are kept for a moment.
      const most = async () => assert.ok((await counts()).reads - before > 180, 'few reads were on the replica')
      const late = await eventually(most, { within: 5_000 }).catch((error: unknown) => error)
      if (!late) break
      if (round === 4) throw late
    }
  })

  for (const lag of ['keeps up', 'stands still'])
    it(`[RP6] show nothing of a project to a member who was removed a moment before, while it ${lag}`, async () => {
      const [ann, bob] = [await stage().user('ann'), await stage().user('bob')]
      const project = await addProject(ann.at(at(0)))
      const task = await addTask(ann.at(at(0)), { project: project.id })
      if (lag === 'stands still') await standby().query('select pg_wal_replay_pause()')
      for (let times = 0; times < 15; times++) {
        await addMember(ann.at(at(0)), project, bob.at(at(0)), 'viewer')
        assert.ok((await listed(bob.at(at(1)))).includes(task.id))
        await ann.at(at(0)).rest('DELETE', `/projects/${project.id}/members/${bob.person.id}`)
        assert.ok(!(await listed(bob.at(at(1)))).includes(task.id))
      }
    })

  for (const lag of ['keeps up', 'is late', 'stands still'])
    it(`[RP7] give everything that was missed, over sockets and HTTP, while it ${lag}`, async () => {
      const ann = await stage().user('ann')
      const first = await listen(ann.at(at(0)))
      const { epoch, offset: since } = await join(first.socket, ['tasks'])
      first.socket.disconnect()
      if (lag === 'is late') standby().stream.delay(40)
      if (lag === 'stands still') await standby().query('select pg_wal_replay_pause()')
      // More than an instance keeps in memory, so it is read from the log.
      const ids: number[] = []
      for (let nth = 0; nth < 40; nth++)
        ids.push((await addTask(ann.at(at(0)), { description: 'x'.repeat(40_000) })).id)
      await eventually(async () => assert.ok((await health(1)).components.events.offset >= since + 40))

      const { socket, of } = await listen(ann.at(at(1)))
      const answer = await join(socket, ['tasks'], { since, epoch })
      assert.deepEqual([answer.recovered, answer.missed], [true, 40])
      await eventually(() =>
        assert.deepEqual(
          of('task_created').map(({ task }) => task.id),
          ids,
        ),
      )
      assert.deepEqual(await readLog(ann.at(at(1)), since, epoch), ids)
    })

  it('[RP3] are degraded and ready while it stands still, and healthy afterwards', async () => {
    await standby().query('select pg_wal_replay_pause()')
    await addTask((await stage().user('ann')).at(at(0)))
    for (const nth of [0, 1])
      await eventually(async () => {
        const { status, components } = await health(nth)
        assert.deepEqual([status, components.replica.status], ['degraded', 'degraded'])
        assert.equal(components.replica.reason, 'it is behind the primary')
        assert.ok(components.replica.behind_bytes > 0)
        assert.equal((await ask(at(nth).directUrl, 'GET', '/health/ready')).status, 200)
      })
  })

  it('[RP8] write each step of an import to the disk before anybody sees it', async () => {
    const ann = await stage().user('ann')
    await stage().query(`
      create table commits (setting text);
      create function note_commit() returns trigger language plpgsql security definer set search_path from current as $$
        begin insert into commits values (current_setting('synchronous_commit')); return null; end $$;
      create trigger note_commit after insert on tasks for each statement execute function note_commit()`)
    const { body } = await sendImport(at(0).url, ann.at(at(0)).token, 'title\none\ntwo\n')
    const { result } = await importEnds(ann.at(at(0)), body.data.id)
    assert.equal(result.created, 2)
    await stage().query('drop trigger note_commit on tasks')
    assert.deepEqual(await stage().query('select distinct setting from commits'), [{ setting: 'on' }])
  })

  it('[RP4] start without it, and use it as soon as it is there', async () => {
    await standby().crash()
    await at(1).stop()
    await at(1).start()
    const ann = await stage().user('ann')
    const task = await addTask(ann.at(at(1)))
    assert.ok((await listed(ann.at(at(1)))).includes(task.id))
    assert.equal((await health(1)).components.replica.reason, 'it does not answer')
    await standby().start()
    await untilUsed()
  })

  it('[RP4] fail no call when it dies and comes back under load', async () => {
    const ann = await stage().user('ann')
    let going = true
    const lists = Promise.all(
      [0, 1].map(async nth => {
        while (going) await listed(ann.at(at(nth)))
      }),
    )
    const loaded = under({ perSecond: 20 }, async () => {
      await standby().crash()
      await addTask(ann.at(at(0)))
      await eventually(async () => assert.equal((await health(0)).components.replica.reason, 'it does not answer'))
      await standby().start()
      await untilUsed()
    })
    const { operations: writes } = await loaded.finally(() => (going = false))
    await lists
    const statuses = new Set(writes.flatMap(({ attempts }) => attempts.map(({ status }) => status)))
    assert.deepEqual([...statuses], [201])
  })
})

/** The tasks that were made after an offset, by the pages of the log. */
async function readLog(client: Visitor, from: number, epoch: string): Promise<number[]> {
  const ids: number[] = []
  for (let since = from; ;) {
    const { status, body } = await client.rest('GET', `/events?room=tasks&since=${since}&epoch=${epoch}&limit=15`)
    assert.deepEqual([status, body.recovered], [200, true], JSON.stringify(body).slice(0, 500))
    for (const { event, payload } of body.results) if (event === 'task_created') ids.push(payload.task.id)
    if (body.complete) return ids
    since = body.next_since
  }
}
