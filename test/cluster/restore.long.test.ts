import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { beginRestore, jobEnded, makeBackup } from '../suites/backups.ts'
import { join, listen } from '../suites/sockets.ts'
import { eventually } from '../support/eventually.ts'
import { expect } from '../support/server.ts'
import { useStage } from './use-stage.ts'

/** The pause between two writes of one person. */
const paceMs = 20

describe('a restore under load, on two instances', function () {
  this.timeout(120_000)
  const stage = useStage({ count: 2 })
  const at = (nth: number) => stage().instances[nth]!

  for (const without of [false, true])
    it(`[BR26] ${without ? 'without' : 'with'} Redis: every instance refuses with 503 meanwhile, and every client loads again`, async () => {
      if (without) await stage().redis.kill()
      const [here, there] = [stage().admin.at(at(0)), stage().admin.at(at(1))]
      const kept = (await expect(here.rest('POST', '/tasks', { title: 'It stays' }), 201)).body
      const statuses = new Set<string>()
      let isOver = false
      const write = async (client: typeof here, nth: number) => {
        for (let n = 0; !isOver; n++) {
          const { status, headers } = await client.rest('POST', '/tasks', { title: `Writer ${nth}, ${n}` })
          statuses.add(`${client.instance.name} ${status}${headers.has('retry-after') ? ' with Retry-After' : ''}`)
          // Without a pause the two would take the processor time that the restore needs.
          await sleep(paceMs)
        }
      }
      const writers = [here, there].map(write)
      const backup = await makeBackup(here, 'database')
      const gone = (await expect(here.rest('POST', '/tasks', { title: 'It goes' }), 201)).body
      const clients = await Promise.all([listen(here), listen(there)])
      const joined = await Promise.all(clients.map(({ socket }) => join(socket, ['tasks'])))

      const { id } = await beginRestore(here, backup.id)
      const job = await jobEnded(there, id)
      isOver = true
      await Promise.all(writers)

      assert.equal(job.status, 'completed', job.error ?? '')
      assert.deepEqual([...statuses].toSorted(), ['A 201', 'A 503 with Retry-After', 'B 201', 'B 503 with Retry-After'])
      await eventually(() =>
        assert.deepEqual(
          clients.map(({ socket }) => socket.connected),
          [false, false],
        ),
      )
      await expect(there.rest('GET', `/tasks/${kept.id}`), 200)
      await expect(there.rest('GET', `/tasks/${gone.id}`), 404)

      // Each instance notices the end of the maintenance by itself, so one may still refuse.
      const again = await Promise.all([here, there].map(client => eventually(() => listen(client))))
      const [{ epoch, offset }] = joined as [{ epoch: string; offset: number }]
      const back = await Promise.all(again.map(({ socket }) => join(socket, ['tasks'], { epoch, since: offset })))
      assert.deepEqual(
        back.map(one => [one.recovered, one.epoch === epoch, one.epoch === back[0]!.epoch]),
        [
          [false, false, true],
          [false, false, true],
        ],
      )
      const made = (await expect(there.rest('POST', '/tasks', { title: 'After it' }), 201)).body
      for (const { of } of again)
        await eventually(() => assert.ok(of('task_created').some(({ task }: any) => task.id === made.id)))
      // The snapshot is of one moment, and what was committed after the restore is whole: each task has its entry.
      const [halves] = await stage().query(`
        select count(*)::int as count from tasks t
        where not exists (select from activity a where a.event = 'task_created' and a.task_id = t.id)`)
      assert.deepEqual(halves, { count: 0 })
    })
})
