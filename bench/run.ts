// npm run bench [-- names]: runs bench/<name>.bench.ts one after the other, each in a separate process.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const here = fileURLToPath(new URL('.', import.meta.url))
const known = readdirSync(here)
  .filter(file => file.endsWith('.bench.ts'))
  .map(file => file.replace('.bench.ts', ''))
/** Writes into docs/, so it runs only when it is named. */
const onRequest = ['curves']
const wanted = process.argv.slice(2)
const unknown = wanted.filter(name => !known.includes(name))
if (unknown.length > 0) {
  console.error(`There is no bench ${unknown.join(', ')}. There are: ${known.join(', ')}.`)
  process.exit(1)
}
let [failed, stopped] = [false, false]
for (const name of wanted.length > 0 ? wanted : known.filter(one => !onRequest.includes(one))) {
  if (stopped) break
  const child = spawn(process.execPath, [`${here}${name}.bench.ts`], { stdio: 'inherit' })
  const stop = () => {
    stopped = true
    child.kill('SIGTERM')
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, stop)
  const [status] = await once(child, 'close')
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.off(signal, stop)
  if (status !== 0) failed = true
}
process.exit(failed ? 1 : 0)
