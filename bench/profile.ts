// node bench/profile.ts [calls]: where the server spends its time under load, by function and by package, and how
// PostgreSQL executes the filtered list. Not a bench, because profiling itself takes time.
import path from 'node:path'
import type { CallName } from './calls.ts'
import { type Frame, placeOf, recordProfiles, selfTimes } from './cpu-profile.ts'
import { report, round, say } from './figures.ts'
import { fillCopies, startOurs } from './rest-stage.ts'
import { root, withStage } from './stage.ts'

const names = (process.argv[2]?.split(',') as CallName[] | undefined) ?? ['create', 'list']
const [seconds, shown] = [8, 40]

const nameOf = (url: string) => placeOf(url, root) ?? 'v8'
const functionOf = ({ functionName, url, lineNumber }: Frame) =>
  `${functionName || '(anonymous)'} ${nameOf(url)}${url.includes('node_modules') ? `/${path.basename(url)}` : ''}:${lineNumber + 1}`

await withStage(async stage => {
  say('filling 100,000 tasks')
  await fillCopies(stage, [])
  for (const call of names) {
    for (const recorded of await recordProfiles(stage, call, seconds, nodeArgs => startOurs(stage, nodeArgs))) {
      const by = (name: (frame: Frame) => string) =>
        selfTimes(recorded, name)
          .slice(0, shown)
          .map(([place, share]) => `${round(share * 100, 1)} % ${place}`)
      report('profile', { call, places: by(({ url }) => nameOf(url)), functions: by(functionOf) })
    }
  }
})
