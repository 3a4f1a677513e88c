import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { type CallName, series } from './calls.ts'
import { load } from './load.ts'
import type { Contender } from './rest-stage.ts'
import type { Stage } from './stage.ts'

/** What Node writes with `--cpu-prof`. */
export interface Profile {
  nodes: { id: number; callFrame: { functionName: string; url: string; lineNumber: number } }[]
  samples: number[]
  /** Microseconds between samples. */
  timeDeltas: number[]
}

export type Frame = Profile['nodes'][number]['callFrame']

/** A profile, and which part of it is under load: the last `us` without the `tailUs` in which the server ended. */
export interface Recorded {
  profile: Profile
  us: number
  tailUs: number
}

/** Profiles a server while it answers one kind of request over 32 connections, and stops it. */
export async function recordProfiles(
  stage: Stage,
  call: CallName,
  seconds: number,
  start: (nodeArgs: string[]) => Promise<Contender>,
): Promise<Recorded[]> {
  const dir = path.join(stage.dir, `profile-${call}-${performance.now()}`)
  const server = await start(['--cpu-prof', `--cpu-prof-dir=${dir}`])
  await load({ ...server, connections: 32, seconds, next: series[call]() })
  const ended = performance.now()
  await server.stop()
  const tailUs = (performance.now() - ended) * 1000
  return readdirSync(dir).map(file => ({
    profile: JSON.parse(readFileSync(path.join(dir, file), 'utf8')) as Profile,
    us: seconds * 1e6,
    tailUs,
  }))
}

/** The share of samples per name of a frame, of the time that was not idle; the largest first. */
export function selfTimes({ profile, us, tailUs }: Recorded, nameOf: (frame: Frame) => string): [string, number][] {
  const frames = new Map(profile.nodes.map(({ id, callFrame }) => [id, callFrame]))
  const time = new Map<string, number>()
  let fromEnd = 0
  let busy = 0
  for (let nth = profile.samples.length - 1; nth >= 0 && fromEnd < us + tailUs; nth--) {
    const delta = profile.timeDeltas[nth]!
    fromEnd += delta
    const frame = frames.get(profile.samples[nth]!)!
    if (fromEnd < tailUs || frame.functionName === '(idle)') continue
    busy += delta
    time.set(nameOf(frame), (time.get(nameOf(frame)) ?? 0) + delta)
  }
  return [...time]
    .map(([name, own]): [string, number] => [name, own / busy])
    .toSorted(([, one], [, other]) => other - one)
}

/** The package of a file, or `node`, or its path from the root of the project; undefined for V8 itself. */
export const placeOf = (url: string, root: string): string | undefined => {
  const inPackage = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1]
  return inPackage ?? (url.startsWith('node:') ? 'node' : url.replace(`file://${root}`, '') || undefined)
}
