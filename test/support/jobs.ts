import { z } from 'zod'
import type { Job, User } from '../../contract/index.ts'
import { openDatabase } from '../../server/adapters/database.ts'
import { withSettings } from '../../server/adapters/database-connection.ts'
import { createJobQueue } from '../../server/adapters/jobs-graphile.ts'
import { createEvents } from '../../server/events/index.ts'
import { createJobs, type JobType, type NewJob } from '../../server/features/jobs/index.ts'
import { createLogger } from '../../server/kernel/logger.ts'
import { noPeers, type Peers } from '../../server/ports/peers.ts'
import { withConnection } from './connection.ts'
import type { TestDatabase } from './postgres.ts'

/** A session that holds this lock exclusively makes a job of `counting` wait in the middle of the step at `hold`. */
export const heldStep = 772_001

const Counting = z.strictObject({ items: z.int(), hold: z.int().optional() })

/** Leaves a row in `effects` for each item, so that an item that is done twice has two rows. */
export const counting: JobType<z.output<typeof Counting>, number> = {
  type: 'counting',
  title: 'Counting',
  input: Counting,
  async run({ input, cursor, step }) {
    for (let item = cursor ?? 0; item < input.items; item++) {
      await step(async tx => {
        await tx.query({ text: 'insert into effects (item) values ($1)', values: [item] })
        if (item === input.hold) {
          await tx.query({ text: 'select pg_advisory_xact_lock_shared($1)', values: [heldStep] })
        }
        return { cursor: item + 1, processed: 1, total: input.items }
      })
    }
  },
}

export async function makeEffectsTable({ url, ownerUrl }: TestDatabase): Promise<void> {
  await withConnection(ownerUrl, async owner => {
    await owner.query('create table if not exists effects (item int not null)')
    await owner.query(`grant select, insert, delete on effects to ${new URL(url).username}`)
  })
}

/** The jobs of one instance, without REST and sockets. */
export async function openJobs(
  plainUrl: string,
  { types = [], peers = noPeers, backoffMs = 5 }: { types?: JobType[]; peers?: Peers; backoffMs?: number } = {},
) {
  const log = createLogger({ level: process.env.TEST_LOG_LEVEL ?? 'silent', pretty: false })
  // A start determines this by itself.
  const databaseUrl = withSettings(plainUrl, { search_path: 'public' })
  const database = openDatabase(databaseUrl, log)
  const { command } = createEvents({ database, log, peers })
  const queue = createJobQueue({ url: databaseUrl, database, log })
  const reported: Job[] = []
  const jobs = createJobs({ database, command, queue, peers, log, backoffMs, emit: job => void reported.push(job) })
  for (const type of [counting as unknown as JobType, ...types]) jobs.register(type)
  return {
    jobs,
    queue,
    database,
    /** The job updates that its sockets got. */
    reported,
    query: <R extends object>(text: string, values: unknown[] = []) => database.query<R>({ text, values }),
    enqueue: (person: User, job: NewJob) => command({ person }, tx => jobs.enqueue(tx, { person }, job)),
    find: async (id: number) =>
      (await database.query<Job>({ text: 'select * from jobs where id = $1', values: [id] }))[0]!,
    close: async () => {
      await jobs.stop()
      await database.close()
    },
  }
}

export type TestJobs = Awaited<ReturnType<typeof openJobs>>

/** A person with an account. */
export async function makePerson({ query }: TestJobs, name: string): Promise<User> {
  const [row] = await query<User>(
    `insert into users (email, username, name, password_hash) values ($1 || '@example.com', $1, $1, '')
    returning id, email, username, name, role, permissions, tier, is_active, is_verified, created_at, last_seen_at`,
    [name],
  )
  return row!
}
