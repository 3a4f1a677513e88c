import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import { expect, startServer, type TestServer } from '../support/server.ts'
import { addTask } from '../suites/answers.ts'
import { position } from '../suites/event-log.ts'
import { scrape, type Scraped } from '../suites/metrics.ts'
import { join, listen } from '../suites/sockets.ts'
import { register, settles, webhookEnv, webhookTuning } from '../suites/webhook-receiver.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const read = (file: string) => readFileSync(`${root}/${file}`, 'utf8')

interface Rule {
  alert: string
  expr: string
  labels: { severity: string }
  annotations: { summary: string }
}
interface Panel {
  title: string
  type: string
  targets?: { expr: string }[]
}
const rules: Rule[] = parse(read('deploy/prometheus-alerts.yml')).groups.flatMap(
  (group: { rules: Rule[] }) => group.rules,
)
const panels: Panel[] = JSON.parse(read('deploy/grafana-dashboard.json')).panels

/** Words of the language of Prometheus that may stand where a metric could. */
const language = new Set(
  'by or sum max min rate increase changes topk vector histogram_quantile min_over_time'.split(' '),
)
/** Labels that Prometheus adds. */
const added = new Set(['instance', 'job'])

/** The metrics that an expression names, each with its labels. */
function metricsIn(expr: string): { name: string; labels: string[] }[] {
  const plain = expr
    .replaceAll(/"[^"]*"/g, '""')
    .replaceAll(/\[[^\]]*\]/g, '')
    .replaceAll(/\bby \([^)]*\)/g, 'by ')
  return [...plain.matchAll(/([a-zA-Z_:][\w:]*)\s*(?:\{([^}]*)\})?/g)]
    .filter(([, name]) => !language.has(name!))
    .map(([, name, matchers = '']) => ({
      name: name!,
      labels: [...matchers.matchAll(/(\w+)\s*[=!]/g)].map(([, label]) => label!),
    }))
}

describe('the files for Prometheus and Grafana', () => {
  let server: TestServer
  let scraped: Scraped
  before(async () => {
    // The replica is away and the receiver too: their metrics count what failed.
    const nobody = '127.0.0.1:1'
    server = await startServer({
      env: {
        ...webhookEnv,
        DATABASE_URL: `postgres://${nobody}/`,
        DATABASE_REPLICA_URL: `postgres://${nobody}/taskwire`,
      },
      tuning: webhookTuning,
    })
    const ann = await server.user('ann')
    const webhook = await register(ann, `http://${nobody}/`)
    await addTask(ann)
    await settles(ann, webhook.id, 'failed')
    await position(server)
    const { socket } = await listen(ann)
    await join(socket, ['tasks'], { since: 0 })
    socket.disconnect()
    await expect(ann.rest('GET', '/tasks/987654'), 404)
    scraped = await scrape(server)
  })
  after(() => server.close())

  const expressions = () => [
    ...rules.map(({ alert, expr }) => [alert, expr] as const),
    ...panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => [title, expr] as const)),
  ]

  it('[OP18] name only metrics that a server has, with labels that these metrics have', () => {
    const named = expressions().flatMap(([title, expr]) => metricsIn(expr).map(metric => ({ title, ...metric })))
    assert.ok(named.length > 50)
    for (const { title, name, labels } of named) {
      // Prometheus itself says whether a scrape succeeded.
      if (name === 'up') continue
      assert.ok(scraped.names.has(name), `${title}: ${name}`)
      for (const label of labels.filter(one => !added.has(one)))
        assert.ok(scraped.values(name, label).length > 0, `${title}: ${name}{${label}}`)
    }
  })

  it('[OP18] group by labels that exist', () => {
    for (const [title, expr] of expressions())
      for (const [, labels] of expr.matchAll(/\bby \(([^)]*)\)/g))
        for (const label of labels!.split(',').map(one => one.trim()))
          assert.ok(
            added.has(label) || metricsIn(expr).some(({ name }) => scraped.values(name, label).length > 0),
            `${title}: by (${label})`,
          )
  })

  it('[OP18] show every metric that OPERATIONS explains, and explain every metric', () => {
    const section = /### Metrics\n([\s\S]*?)\n### /.exec(read('docs/OPERATIONS.md'))![1]!
    for (const name of scraped.families.filter(one => one.startsWith('taskwire_') || one.startsWith('http_')))
      assert.ok(isExplained(section, name), name)
  })

  it('[OP18] say of each alert whom to tell, and OPERATIONS what it means and what to do', () => {
    const operations = read('docs/OPERATIONS.md')
    assert.equal(new Set(rules.map(({ alert }) => alert)).size, rules.length)
    for (const { alert, labels, annotations } of rules) {
      assert.ok(['page', 'notify'].includes(labels.severity) && annotations.summary.length > 10, alert)
      assert.ok(operations.includes(`| \`${alert}\` `), alert)
    }
  })

  const promtool = (args: string[], input?: string) =>
    spawnSync('promtool', args, { encoding: 'utf8', ...(input !== undefined && { input }) })

  // Its files are checked by hand where it is not installed; a machine that has nothing need not have it.
  if (promtool(['--version']).error)
    console.warn('\n    NOT RUN: promtool on deploy/; install the package `prometheus` of Debian to run it\n')
  else
    it('[OP18] are accepted by promtool, and so is a scrape', () => {
      execFileSync('promtool', ['check', 'rules', `${root}/deploy/prometheus-alerts.yml`])
      execFileSync('promtool', ['check', 'config', `${root}/deploy/prometheus.yml`])
      const { status, stderr } = promtool(['check', 'metrics'], scraped.text)
      assert.equal(status, 0, stderr)
    })
})

/** Names that begin alike may be written as `taskwire_sockets_opened_total`, `_closed_total`. */
const isExplained = (section: string, name: string) =>
  section.includes(`\`${name}\``) ||
  [...section.matchAll(/`(_\w+)`/g)].some(
    ([, ending]) => name.endsWith(ending!) && section.includes(`\`${name.slice(0, -ending!.length)}_`),
  )
