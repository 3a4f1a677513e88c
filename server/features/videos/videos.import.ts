import { z } from 'zod'
import type { ErrorCode, ImportedVideo, videos } from '../../../contract/index.ts'
import type { Tx } from '../../events/index.ts'
import type { Handlers } from '../../kernel/bind.ts'
import type { Database } from '../../ports/database.ts'
import { AppError } from '../../kernel/errors.ts'
import type { Scope } from '../../kernel/scope.ts'
import type { JobType, Progress, Work } from '../jobs/index.ts'
import { lockDestination } from '../projects/index.ts'
import { AddressError, type KnownVideo, readAddress } from './address.ts'
import type { VideoDeps } from './videos.deps.ts'
import type { Describe, Found } from './oembed.ts'
import { readableOne } from './videos.policy.ts'
import { findInLibrary, insertVideo, lockInLibrary } from './videos.queries.ts'
import { events } from './videos.events.ts'

const Input = z.strictObject({ urls: z.array(z.string()), project_id: z.int().nullable() })
type Input = z.output<typeof Input>

interface Cursor {
  /** The index of the first address that is not done. */
  next: number
  /** Whether the provider was given up on; until it answers again, no address is tried a second time. */
  skipsRetries: boolean
}

export const videoImportType = 'import_videos'
const type = videoImportType
/** Attempts per address, with the pauses that jobs make in between. */
const tries = 3

/** Starts imports. The work itself is a job, for which `videoImport` has to be registered. */
export const createVideoImport = ({ command, jobs }: VideoDeps): Pick<Handlers<typeof videos>, 'import'> => ({
  import: (scope, { urls, project: ref }) =>
    command(scope, async tx => {
      const project = await lockDestination(tx, scope, ref)
      const input: Input = { urls, project_id: project?.id ?? null }
      return jobs.enqueue(tx, scope, { type, input, totalItems: urls.length })
    }),
})

/**
 * Imports one address after the other. What the provider says about a video is fetched first; then the video, its
 * events and the progress of the job are committed together. When the owner may no longer add to the project, the job
 * fails.
 */
export const videoImport = (deps: { database: Database; describe: Describe }): JobType<Input, Cursor> => ({
  type,
  title: 'Import of videos',
  input: Input,
  async run(work) {
    const { input, step } = work
    for (
      let { next, skipsRetries } = work.cursor ?? { next: 0, skipsRetries: false };
      next < input.urls.length;
      next++
    ) {
      const outcome = await examine(deps, work, next, skipsRetries)
      skipsRetries = outcome.status === 'gone' ? true : outcome.status === 'found' ? false : skipsRetries
      await step(async (tx, scope) => {
        const item = outcome.status === 'found' ? await keep(tx, scope, input, outcome) : itemOf(outcome)
        return advance(work, { next: next + 1, skipsRetries }, { url: input.urls[next]!, ...item })
      })
    }
  },
})

type Item = Omit<ImportedVideo, 'url'>
type Outcome =
  | { status: 'found'; known: KnownVideo; described: Extract<Found, { ok: true }>['video'] }
  | { status: 'duplicate'; video_id?: number | undefined }
  | { status: 'failed' | 'gone'; code: ErrorCode; message: string }

function itemOf(outcome: Exclude<Outcome, { status: 'found' }>): Item {
  if (outcome.status === 'duplicate') return outcome
  return { status: 'failed', code: outcome.code, message: outcome.message }
}

/**
 * What can be found out about an address without changing anything. @throws errors that are worth another attempt of
 * the job
 */
async function examine(
  { database, describe }: { database: Database; describe: Describe },
  { input, job, signal }: Work<Input, Cursor>,
  at: number,
  skipsRetries: boolean,
): Promise<Outcome> {
  const known = understood(input.urls[at]!)
  if ('code' in known) return known
  const earlier = input.urls.slice(0, at).findIndex(url => isSame(understood(url), known))
  if (earlier >= 0) return { status: 'duplicate', video_id: itemsOf(job.result)[earlier]?.video_id }
  // Videos that only an administrator sees are found when the video is inserted.
  const owner = readableOne({ id: job.created_by, role: 'user' })
  const there = await findInLibrary(database, known, input.project_id, owner)
  if (there !== undefined) return { status: 'duplicate', video_id: there }
  try {
    const found = await describe(known, signal)
    return found.ok ? { status: 'found', known, described: found.video } : { ...found, status: 'failed' }
  } catch (error) {
    const passing = error instanceof AppError && error.code === 'unavailable'
    if (!passing || (!skipsRetries && job.attempts < tries)) throw error
    return { status: 'gone', code: 'unavailable', message: 'The provider does not answer.' }
  }
}

function understood(url: string): KnownVideo | Extract<Outcome, { code: ErrorCode }> {
  try {
    return readAddress(url)
  } catch (error) {
    if (!(error instanceof AddressError)) throw error
    return { status: 'failed', code: 'validation_error', message: `The address ${error.message}.` }
  }
}

const isSame = (one: ReturnType<typeof understood>, { provider, id }: KnownVideo) =>
  'provider' in one && one.provider === provider && one.id === id

/** Adds a video to the library, unless somebody else has added it meanwhile. */
async function keep(tx: Tx, scope: Scope, { project_id }: Input, found: Extract<Outcome, { status: 'found' }>) {
  const { known, described } = found
  await lockDestination(tx, scope, project_id === null ? null : String(project_id))
  await lockInLibrary(tx, known, project_id)
  const there = await findInLibrary(tx, known, project_id, readableOne(scope.person))
  if (there !== undefined) return { status: 'duplicate' as const, video_id: there }
  const row = { ...described, provider: known.provider, provider_id: known.id, url: known.url, project_id }
  const more = { tags: [], visibility: 'internal' as const, created_by: scope.person.id }
  const video = await insertVideo(tx, { ...row, ...more }, tx.now)
  events.created(tx, scope, video)
  return { status: 'imported' as const, video_id: video.id }
}

const itemsOf = (result: Record<string, unknown> | null) => (result?.['items'] ?? []) as ImportedVideo[]

function advance({ job }: Work<Input, Cursor>, cursor: Cursor, item: ImportedVideo): Progress<Cursor> {
  const items = [...itemsOf(job.result), item]
  const countOf = (status: ImportedVideo['status']) => items.filter(one => one.status === status).length
  const counts = { imported: countOf('imported'), duplicates: countOf('duplicate'), failed: countOf('failed') }
  return { cursor, processed: 1, failed: item.status === 'failed' ? 1 : 0, result: { ...counts, items } }
}
