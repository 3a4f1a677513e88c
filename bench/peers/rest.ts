import { type CallName, series } from '../calls.ts'
import { median, report, round, say } from '../figures.ts'
import { isPinned } from '../pinning.ts'
import { compareAnswers, measureRound, type Round, type RoundLength, summaryOf } from '../rest-round.ts'
import { type Contender, fillCopies, startBare, startOurs } from '../rest-stage.ts'
import type { Stage } from '../stage.ts'
import { type Row, tell } from './table.ts'

/** Reads first, because writes change what there is to read, and not by the same number of rows on all sides. */
const names: CallName[] = ['get', 'list', 'create', 'bulk']
const questions: Record<CallName, string> = {
  get: 'one task',
  list: 'a filtered list of 100,000 tasks, with a search',
  create: 'create a task',
  bulk: 'update 100 tasks',
}
const peers = { fastify: 'bench/peers/fastify-server.mjs', feathers: 'bench/peers/feathers-server.mjs' }
const titles: Record<string, string> = {
  ours: 'Taskwire',
  bare: 'node:http + pg',
  fastify: 'Fastify 5 + pg',
  feathers: 'Feathers 5 + Knex',
}

/** Requests a second and processor time per request of every server, in turns in each round. @returns a row each */
export async function compareRest(stage: Stage, rounds: number, length: RoundLength): Promise<Row[]> {
  say('filling 100,000 tasks')
  await fillCopies(stage, ['bare', ...Object.keys(peers)])
  const contenders: Contender[] = [await startOurs(stage), await startBare(stage)]
  for (const [name, file] of Object.entries(peers)) {
    const server = await stage.run(file, { DATABASE_URL: stage.databaseUrl(name) })
    contenders.push({ ...server, name, database: name, token: '' })
  }
  const rows: Row[] = []
  for (const call of names) {
    await compareAnswers(call, contenders)
    rows.push(...(await compareCall(stage, call, contenders, rounds, length)))
  }
  await Promise.all(contenders.map(one => one.stop()))
  tell(`REST over ${length.connections} connections`, rows)
  return rows
}

async function compareCall(
  stage: Stage,
  call: CallName,
  contenders: Contender[],
  rounds: number,
  length: RoundLength,
): Promise<Row[]> {
  const sides = contenders.map(server => ({ server, next: series[call](), results: [] as Round[] }))
  for (let nth = 0; nth < rounds; nth++) {
    // Another one begins each round, so that none always follows the same other one.
    for (const { server, next, results } of [
      ...sides.slice(nth % sides.length),
      ...sides.slice(0, nth % sides.length),
    ]) {
      const result = await measureRound(stage, server, next, length)
      results.push(result)
      say(`${call} ${server.name} ${round(result.rps)}/s`)
    }
  }
  const bare = sides.find(({ server }) => server.name === 'bare')!.results
  return sides.map(({ server, results }) => {
    const summary = summaryOf(results)
    const ratio = round(median(results.map(({ rps }, nth) => rps / bare[nth]!.rps)), 2)
    report('peers', {
      call,
      server: server.name,
      rounds,
      pinned: isPinned,
      ...length,
      ...summary,
      ratio_to_bare: ratio,
    })
    return {
      question: questions[call],
      server: titles[server.name]!,
      'requests/s': summary.rps,
      'of bare': ratio,
      'p50 ms': summary.p50_ms,
      'p99 ms': summary.p99_ms,
      'server µs': summary.app_us,
      'PostgreSQL µs': summary.postgres_us,
    }
  })
}
