// What does a request cost, and what for? The processor time is measured without a profile, which costs time itself; the
// profile says how it is divided.
import { type CallName, series } from '../calls.ts'
import { type Frame, placeOf, recordProfiles, selfTimes } from '../cpu-profile.ts'
import { median, report, round, say } from '../figures.ts'
import { measureRound } from '../rest-round.ts'
import { type Contender, fillCopies, startBare, startOurs } from '../rest-stage.ts'
import { root, type Stage, withStage } from '../stage.ts'

const names: CallName[] = ['get', 'create']
const seconds = Number(process.env.BENCH_SECONDS ?? 4)
const rounds = 3

/** Microseconds of processor time a request. */
export interface CostRow {
  call: string
  place: string
  oursUs: number
  bareUs: number
}

/** Two folders deep in the project: finer would be a list of files. */
function groupOf({ url, functionName }: Frame): string {
  if (functionName === '(garbage collector)') return 'garbage collector'
  const place = placeOf(url, root)
  if (place === undefined) return 'native code and system calls'
  if (place === 'node') return 'Node (HTTP, streams, sockets, timers)'
  if (!place.endsWith('.ts')) return place
  return `${place.split('/').slice(0, -1).slice(0, 2).join('/')}/`
}

type Start = (nodeArgs?: string[]) => Promise<Contender>

/** Microseconds a request by group. */
async function dividedUs(stage: Stage, call: CallName, start: Start, us: number): Promise<Map<string, number>> {
  const recorded = await recordProfiles(stage, call, seconds, start)
  // Worker threads write profiles of their own; the one that worked most is that of the server.
  const busiest = recorded.toSorted((one, other) => other.profile.nodes.length - one.profile.nodes.length)[0]!
  return new Map(selfTimes(busiest, groupOf).map(([group, share]) => [group, share * us]))
}

async function measureUs(stage: Stage, call: CallName, starts: Record<'ours' | 'bare', Start>) {
  const sides = await Promise.all([starts.ours(), starts.bare()])
  const us: Record<string, number[]> = { ours: [], bare: [] }
  for (let nth = 0; nth < rounds; nth++)
    for (const server of sides) {
      const length = { connections: 32, warmSeconds: 1, seconds }
      us[server.name]!.push((await measureRound(stage, server, series[call](), length)).appUs)
    }
  await Promise.all(sides.map(server => server.stop()))
  return { ours: median(us.ours!), bare: median(us.bare!) }
}

await withStage(async stage => {
  say('filling 100,000 tasks')
  await fillCopies(stage, ['bare'])
  const starts = {
    ours: (nodeArgs?: string[]) => startOurs(stage, nodeArgs),
    bare: (nodeArgs?: string[]) => startBare(stage, nodeArgs),
  }
  const rows: CostRow[] = []
  for (const call of names) {
    const total = await measureUs(stage, call, starts)
    say(`${call}: ${round(total.ours)} µs, bare ${round(total.bare)} µs`)
    const ours = await dividedUs(stage, call, starts.ours, total.ours)
    const bare = await dividedUs(stage, call, starts.bare, total.bare)
    const places = [...new Set([...ours.keys(), ...bare.keys()])]
    const all = places.map(place => ({ call, place, oursUs: ours.get(place) ?? 0, bareUs: bare.get(place) ?? 0 }))
    rows.push({ call, place: 'everything', oursUs: total.ours, bareUs: total.bare }, ...all)
  }
  report('curves/cost', {
    rows: rows.map(row => ({ ...row, oursUs: round(row.oursUs, 1), bareUs: round(row.bareUs, 1) })),
  })
})
