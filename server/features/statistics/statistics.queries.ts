import sql, { join, raw, type Sql } from 'sql-template-tag'
import { quantities, quantityNames, type Resolution, type StatisticsPoint } from '../../../contract/index.ts'
import type { Connection, Statement } from '../../ports/database.ts'
import { type Row, valuesOf } from '../../ports/table.ts'
import { samplesTable } from './statistics.table.ts'

export type Sample = Row<typeof samplesTable>
type Period = Exclude<Resolution, 'minute'>

/** A sample that is there already stays. */
export const insertSample = (sample: Sample): Statement =>
  sql`insert into statistics_samples ${valuesOf(samplesTable, sample)} on conflict do nothing`

const names = join(quantityNames.map(raw), ', ')
const combined = (way: 'overInstances' | 'overTime') =>
  join(
    quantityNames.map(name => raw(`${quantities[name][way]}(${name}) as ${name}`)),
    ', ',
  )
/** The different failed probes of several rows; an array aggregate would need arrays of one length. */
const failedProbes = sql`coalesce(string_to_array(string_agg(distinct
  nullif(array_to_string(failed_probes, ','), ''), ','), ','), '{}') as failed_probes`

/** The minutes of all instances together. */
const minutes = (where: Sql): Sql => sql`
  select at, count(*)::int as instances, 1 as samples, ${failedProbes}, ${combined('overInstances')}
  from statistics_samples where ${where} group by at`

/** Puts together what is known of the hour or the day of this time; what was put together before is replaced. */
export const rollUp = (period: Period, at: string): Statement => sql`
  insert into statistics_periods (resolution, at, instances, samples, failed_probes, ${names})
  select ${period}::text, date_trunc(${period}::text, ${at}::timestamptz, 'UTC'), max(instances), count(*)::int,
    ${failedProbes}, ${combined('overTime')}
  from (${minutes(sql`at >= date_trunc(${period}::text, ${at}::timestamptz, 'UTC')
    and at < date_trunc(${period}::text, ${at}::timestamptz, 'UTC') + ${`1 ${period}`}::interval`)}) minutes
  having count(*) > 0
  on conflict (resolution, at) do update set ${join(
    ['instances', 'samples', 'failed_probes', ...quantityNames].map(name => raw(`${name} = excluded.${name}`)),
    ', ',
  )}`

export const readMinutes = (db: Connection, from: string, to: string): Promise<StatisticsPoint[]> =>
  db.query(sql`${minutes(sql`at between ${from}::timestamptz and ${to}::timestamptz`)} order by at`)

export const readPeriods = (db: Connection, resolution: Period, from: string, to: string): Promise<StatisticsPoint[]> =>
  db.query(sql`
    select at, instances, samples, failed_probes, ${names} from statistics_periods
    where resolution = ${resolution}::text and at between ${from}::timestamptz and ${to}::timestamptz order by at`)

export async function removeOld(db: Connection, days: { samples: number; hours: number }): Promise<void> {
  await db.query(sql`delete from statistics_samples where at < now() - ${`${days.samples} days`}::interval`)
  await db.query(sql`
    delete from statistics_periods where resolution = 'hour' and at < now() - ${`${days.hours} days`}::interval`)
}

export async function readDatabaseSize(db: Connection): Promise<number> {
  const [row] = await db.query<{ bytes: number }>(sql`select pg_database_size(current_database()) as bytes`)
  return row!.bytes
}
