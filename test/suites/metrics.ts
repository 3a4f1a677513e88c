import assert from 'node:assert/strict'
import { eventually } from '../support/eventually.ts'
import type { TestServer } from '../support/server.ts'

export interface Scraped {
  /** The names of all metrics and of their samples. */
  names: Set<string>
  /** The names of the metrics alone. */
  families: string[]
  text: string
  /** The sum of the samples of this name that have these labels. */
  sum(name: string, labels: Record<string, string>): number
  /** The values of a label. */
  values(name: string, label: string): string[]
}

/** What Prometheus would read from a server now, and not what somebody else has read a moment before. */
export async function scrape(server: Pick<TestServer, 'url' | 'admin'>): Promise<Scraped> {
  // Each answer counts the answers before it, so one with a higher count was made after the first one was given.
  const answers = (scraped: Scraped) => scraped.sum('http_request_duration_seconds_count', { route: '/metrics' })
  const before = answers(await scrapeOnce(server))
  return eventually(
    async () => {
      const scraped = await scrapeOnce(server)
      assert.ok(answers(scraped) > before)
      return scraped
    },
    { within: 5_000 },
  )
}

async function scrapeOnce({ url, admin }: Pick<TestServer, 'url' | 'admin'>): Promise<Scraped> {
  const answer = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${admin.token}` } })
  const text = await answer.text()
  assert.equal(answer.status, 200, text)
  return parseMetrics(text)
}

/** Reads the text format of Prometheus. @throws when a line does not follow it */
export function parseMetrics(text: string): Scraped {
  const samples = text
    .split('\n')
    .filter(line => line !== '' && !line.startsWith('#'))
    .map(parseSample)
  const declared = [...text.matchAll(/^# TYPE (\S+) /gm)].map(([, name]) => name!)
  return {
    text,
    families: declared,
    names: new Set([...declared, ...samples.map(({ name }) => name)]),
    sum: (name, labels) =>
      samples
        .filter(one => one.name === name && Object.entries(labels).every(([key, value]) => one.labels[key] === value))
        .reduce((sum, { value }) => sum + value, 0),
    values: (name, label) => [
      ...new Set(samples.filter(one => one.name === name).flatMap(({ labels }) => labels[label] ?? [])),
    ],
  }
}

function parseSample(line: string) {
  const [, name, labels = '', value] = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/.exec(line) ?? assert.fail(line)
  const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)",?/g)].map(([, key, text]) => [key!, text!] as const)
  return { name: name!, labels: Object.fromEntries(pairs) as Record<string, string>, value: Number(value) }
}
