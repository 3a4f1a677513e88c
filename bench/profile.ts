// node bench/profile.ts [calls]: where the server spends its time under load, by function and by package, and how
// PostgreSQL executes the filtered list. Not a bench, because profiling itself takes time.
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { type CallName, series } from './calls.ts'
import { report, round, say } from './figures.ts'
import { load } from './load.ts'
import { fillCopies, startOurs } from './rest-stage.ts'
import { root, withStage } from './stage.ts'

const names = (process.argv[2]?.split(',') as CallName[] | undefined) ?? ['create', 'list']
const seconds = 8

interface Profile {
  nodes: { id: number; callFrame: { functionName: string; url: string; lineNumber: number } }[]
  samples: number[]
  /** Microseconds between samples. */
  timeDeltas: number[]
}

type Frame = Profile['nodes'][number]['callFrame']

/**
 * The share of samples per name of a frame, in percent of the time that was not idle, over the last `us` without the
 * `tail`.
 */
function selfTime(profile: Profile, lastUs: number, tailUs: number, nameOf: (frame: Frame) => string) {
  const frames = new Map(profile.nodes.map(({ id, callFrame }) => [id, callFrame]))
  const time = new Map<string, number>()
  let fromEnd = 0
  let busy = 0
  for (let nth = profile.samples.length - 1; nth >= 0 && fromEnd < lastUs + tailUs; nth--) {
    const delta = profile.timeDeltas[nth]!
    fromEnd += delta
    const frame = frames.get(profile.samples[nth]!)!
    if (fromEnd < tailUs || frame.functionName === '(idle)') continue
    busy += delta
    time.set(nameOf(frame), (time.get(nameOf(frame)) ?? 0) + delta)
  }
  return [...time]
    .toSorted(([, one], [, other]) => other - one)
    .slice(0, 40)
    .map(([name, us]) => `${round((us / busy) * 100, 1)} % ${name}`)
}

const placeOf = (url: string) => {
  const inPackage = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1]
  return inPackage ?? (url.startsWith('node:') ? 'node' : url.replace(`file://${root}`, '') || 'v8')
}
const functionOf = ({ functionName, url, lineNumber }: Frame) =>
  `${functionName || '(anonymous)'} ${placeOf(url)}${url.includes('node_modules') ? `/${path.basename(url)}` : ''}:${lineNumber + 1}`

await withStage(async stage => {
  say('filling 100,000 tasks')
  await fillCopies(stage, [])
  for (const name of names) {
    const dir = path.join(stage.dir, `profile-${name}`)
    const ours = await startOurs(stage, ['--cpu-prof', `--cpu-prof-dir=${dir}`])
    await load({ ...ours, connections: 32, seconds, next: series[name]() })
    const ended = performance.now()
    await ours.stop()
    const tailUs = (performance.now() - ended) * 1000
    for (const file of readdirSync(dir)) {
      const profile = JSON.parse(readFileSync(path.join(dir, file), 'utf8')) as Profile
      const by = (nameOf: (frame: Frame) => string) => selfTime(profile, seconds * 1e6, tailUs, nameOf)
      report('profile', { call: name, places: by(({ url }) => placeOf(url)), functions: by(functionOf) })
    }
  }
})
