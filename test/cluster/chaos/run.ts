import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { eventually } from '../../support/eventually.ts'
import { createRandom } from '../../fuzz/random.ts'
import type { Follower } from '../follower.ts'
import type { Stage } from '../stage.ts'
import type { Issuer } from '../../suites/oidc-issuer.ts'
import { providersEnv } from '../../suites/sign-on.ts'
import { startAttacks } from './attacks.ts'
import { handlesOf, memoryOf } from './after.ts'
import { type Fault, faults } from './faults.ts'
import { startLives } from './lives.ts'
import { startLeavers } from './leavers.ts'
import { createProbe } from './probe.ts'
import { startEndingKey } from './keys.ts'
import { createSlope, sumOf } from './slope.ts'
import type { Step } from './schedule.ts'
import { judge, type Verdict } from './verdict.ts'
import { createCrowd, createWorld } from './world.ts'
import { startWebhooks } from './webhooks.ts'
import { startWriters } from './writers.ts'

export interface ChaosOptions {
  seed: number
  /** The number of clients that follow events, in twenty different ways. */
  clients: number
  schedule: Iterable<Step>
  lastsMs: number
  /** The pause between two writes of one person. */
  pauseMs: number
  /** The number of simultaneous attackers. */
  attackers?: number
  /** An issuer that the instances know as `corp`. */
  issuer: Issuer
  print: (proxy: string) => void
}

export interface ChaosReport extends Verdict {
  /** For each kind of fault, how long each occurrence took to heal, in ms; pairs of faults have entries of their own. */
  healing: Map<string, number[]>
  writes: number
  attempts: number
  connects: number
  resumes: number
  refreshes: number
  /** Attacks by kind. */
  attacks: ReadonlyMap<string, number>
  logins: number
  memory: { before: number[]; after: number[]; mbPerMinute: number[] }
  handles: { before: number[]; after: number[] }
}

/**
 * The environment of the instances: tokens expire often, a client that was away for long still resumes, and webhooks are
 * tried again soon and often.
 */
const chaosEnv = {
  ACCESS_TOKEN_TTL: '20',
  EVENT_REPLAY_LIMIT: '100000',
  MAX_SOCKETS_PER_USER: '500',
  OUTBOUND_ALLOW_PRIVATE: 'true',
  // The first tries come soon, or a webhook in order would fall behind: one answer in ten is a failure.
  WEBHOOK_RETRY_SCHEDULE: Array.from({ length: 50 }, (_, nth) => (nth < 10 ? '0.1' : '0.5')).join(),
}

/** The same with an issuer at which people sign in. */
export const chaosEnvWith = (issuer: Issuer): Record<string, string> => ({
  ...chaosEnv,
  ...providersEnv({ corp: { issuer, allow_signup: true } }),
})

/** For all instances together: connections to the database come and go with the work. */
const mostMoreHandles = 75
/** A little longer than an instance keeps an idle connection for further use. */
const keepAliveMs = 90_000
/** A larger growth of memory is a leak; the normal variation is smaller. */
const mostGrownMb = 150

export async function runChaos(stage: Stage, options: ChaosOptions): Promise<ChaosReport> {
  const { seed, print } = options
  const world = await createWorld(stage)
  const crowd = await createCrowd(stage, world, createRandom(seed), options.clients)
  const webhooks = await startWebhooks(stage, world, createRandom(seed + 5))
  const endingKey = await startEndingKey(stage, world, createRandom(seed + 6), options.lastsMs)
  const followers = crowd.all.map(({ follower }) => follower)
  const probe = await createProbe(stage, world, crowd.probes)
  const writers = startWriters(stage, world, createRandom(seed + 1), options.pauseMs)
  const lives = startLives(crowd, createRandom(seed + 2), options.lastsMs * 0.3)
  const leavers = await startLeavers(stage, options.issuer, createRandom(seed + 6), options.lastsMs)
  const attacks = await startAttacks(stage, createRandom(seed + 4), options.attackers ?? 0)
  const early: string[] = []
  await sleep(1_000)
  const [before, handlesBefore] = [memoryOf(stage), handlesOf(stage)]

  const slopes = stage.instances.map(createSlope)
  const measure = () => {
    memoryOf(stage).forEach((mb, nth) => slopes[nth]!.add(performance.now() / 60_000, mb))
    return probe.measure()
  }
  const healing = await misfortune(stage, options, measure).catch(error => {
    early.push(`it came to an end: ${error instanceof Error ? error.stack : error}`)
    print(early[0]!)
    return new Map<string, number[]>()
  })
  await attacks.stop()
  await stage.heal()
  await lives.stop()
  await leavers.stop()
  await writers.stop()
  for (const follower of followers)
    await follower.settled(30_000).catch(error => early.push(`${follower.name}: ${error.message}`))

  const done = [...writers.done, ...probe.done.map(operation => ({ ...operation, mayBeNothing: false }))]
  print(`${done.length} writes are settled; comparing`)
  const ofEndedKey = await endingKey.judge()
  const verdict = await judge(stage, world, crowd, done, { webhooks, leavers })
  const { violations } = verdict
  violations.delivery.unshift(...early, ...ofEndedKey)
  violations.processes.push(...stage.faults())
  await eventually(() => assert.ok(sumOf(handlesOf(stage)) < sumOf(handlesBefore) + mostMoreHandles), {
    within: keepAliveMs,
    every: 1_000,
  }).catch(() => violations.memory.push('files or sockets stay open'))
  const [after, handlesAfter] = [memoryOf(stage), handlesOf(stage)]
  after.forEach((mb, nth) => {
    if (mb - before[nth]! > mostGrownMb) violations.memory.push(`${stage.instances[nth]!.name} grew to ${mb} MB`)
  })
  await Promise.all(followers.map(follower => follower.stop()))
  await Promise.all(crowd.slow.map(proxy => proxy.close()))
  await webhooks.stop()

  const sum = (count: (follower: Follower) => number) => sumOf(followers.map(count))
  return {
    ...verdict,
    healing,
    attacks: attacks.counts,
    writes: done.length,
    attempts: done.reduce((all, { attempts }) => all + attempts.length, 0),
    connects: sum(({ connects }) => connects),
    resumes: sum(({ resumes }) => resumes),
    refreshes: sum(({ session }) => session.refreshes),
    logins: sum(({ session }) => session.logins),
    memory: { before, after, mbPerMinute: slopes.map(slope => slope.value()) },
    handles: { before: handlesBefore, after: handlesAfter },
  }
}

/** Runs one step after the other; the time to heal is measured by a write that all clients must receive. */
async function misfortune(
  stage: Stage,
  { seed, schedule, lastsMs, print }: ChaosOptions,
  measure: () => Promise<number>,
) {
  const random = createRandom(seed + 3)
  const healing = new Map<string, number[]>()
  const began = performance.now()
  for (const { kinds, lastsMs: faultMs, quietMs } of schedule) {
    if (performance.now() - began > lastsMs) break
    const at = Math.round((performance.now() - began) / 1_000)
    const struck: Fault[] = []
    for (const kind of kinds) struck.push(await faults[kind](stage, random))
    for (const { strike } of struck) await strike()
    await sleep(faultMs)
    const [last, first] = [struck.filter(({ mendLast }) => mendLast), struck.filter(({ mendLast }) => !mendLast)]
    for (const { mend } of [...first, ...last]) await mend?.()
    const ms = await measure()
    const name = kinds.join(' + ')
    healing.set(name, [...(healing.get(name) ?? []), ms])
    const whom = struck.map(({ what }) => what).join()
    const memory = memoryOf(stage).join(', ')
    print(`${at} s  ${name} (${whom}) for ${faultMs} ms, healed after ${Math.round(ms)} ms; ${memory} MB`)
    await sleep(quietMs)
  }
  return healing
}
