import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { emptyDatabase, startInstances } from './cluster-stage.ts'
import { median, round } from './figures.ts'
import type { Stage } from './stage.ts'
import { signUp, writeSteadily } from './writers.ts'

const database = 'notified'
const perSecond = 500
const sliceMs = 1_000
const probePauseMs = 5

/**
 * Instances without Redis tell one another of new events with NOTIFY. What does that cost the commits of 500 writes a
 * second? While they write, PostgreSQL sends notices every other second and drops them in between. Meanwhile a
 * connection of the bench commits a row every few milliseconds, and measures how long that takes.
 *
 * @param count with one instance a connection of the bench listens, so that nothing but the notices differs; a second
 *   instance reads each batch from the log when it is told, and without notices only what it finds every 400 ms
 */
export async function notifyCost(stage: Stage, count: 1 | 2, seconds: number) {
  await stage.query('postgres', `create database ${database}`)
  await emptyDatabase(stage, database)
  for (const statement of replacing) await stage.query(database, statement)
  const listener = new pg.Client({ connectionString: stage.databaseUrl(database) })
  await listener.connect()
  if (count === 1) await listener.query('listen taskwire')
  const cluster = await startInstances(stage, count, null, database)
  const writers = await signUp(cluster.instances[0]!.url, 40)
  const write = (length: number) =>
    Promise.all(
      cluster.instances.map(({ url }) =>
        writeSteadily(url, writers, { perSecond: perSecond / cluster.instances.length, seconds: length }),
      ),
    )
  await write(5)
  const before = await noticesOf(stage)
  const ended = new AbortController()
  const writing = write(seconds).finally(() => ended.abort())
  const times = await alternate(stage, ended.signal)
  await writing
  const notices = (await noticesOf(stage)) - before
  await cluster.stop()
  await listener.end()
  await stage.letGo(database)
  await stage.query('postgres', `drop database ${database}`)
  const [on, off] = [median(times.on), median(times.off)]
  const mean = (values: number[]) => values.reduce((sum, one) => sum + one, 0) / values.length
  return {
    instances: count,
    writes_per_second: perSecond,
    notices_per_second: round(notices / seconds),
    commits: times.on.length + times.off.length,
    with_notify: { p50_ms: round(on, 2), mean_ms: round(mean(times.on), 2) },
    without: { p50_ms: round(off, 2), mean_ms: round(mean(times.off), 2) },
    ratio: round(on / off, 2),
    ratio_of_means: round(mean(times.on) / mean(times.off), 2),
  }
}

/** Puts a function with a switch in the place of PostgreSQL's own, in a database that goes with the bench. */
const replacing = [
  'create schema bench',
  'create table bench.switch (is_on boolean not null)',
  'insert into bench.switch values (true)',
  'create table bench.probe (id bigint generated always as identity primary key, at timestamptz not null)',
  'create sequence bench.notices',
  'set allow_system_table_mods = on',
  'alter function pg_catalog.pg_notify(text, text) rename to pg_notify_itself',
  `create function pg_catalog.pg_notify(channel text, payload text) returns void language plpgsql as $$
   begin
     perform nextval('bench.notices');
     if (select is_on from bench.switch) then
       perform pg_catalog.pg_notify_itself(channel, payload);
     end if;
   end $$`,
]

const noticesOf = async (stage: Stage) =>
  Number((await stage.query<{ last_value: string }>(database, 'select last_value from bench.notices'))[0]!.last_value)

/** Switches notices on and off by turns. @returns how long each commit took meanwhile, in milliseconds */
async function alternate(stage: Stage, ended: AbortSignal): Promise<{ on: number[]; off: number[] }> {
  const times = { on: [] as number[], off: [] as number[] }
  for (let isOn = true; !ended.aborted; isOn = !isOn) {
    await stage.query(database, 'update bench.switch set is_on = $1', [isOn])
    for (const end = performance.now() + sliceMs; performance.now() < end && !ended.aborted;) {
      const began = performance.now()
      await stage.query(database, 'insert into bench.probe (at) values (now())')
      times[isOn ? 'on' : 'off'].push(performance.now() - began)
      await sleep(probePauseMs)
    }
  }
  return times
}
