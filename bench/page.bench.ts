// How busy is the page while a hundred things change per second, and how soon does it react to a key?
import type { CDPSession, Page } from 'playwright-core'
import { setTimeout as sleep } from 'node:timers/promises'
import { migrate } from '../server/adapters/database-migration.ts'
import { ensurePage } from '../server/page/build.ts'
import { launchBrowser } from '../test/support/browser.ts'
import { percentile, report, round, say } from './figures.ts'
import { fill } from './fill.ts'
import { send } from './load.ts'
import { emailOn, joinAsEditor, password, startOurs } from './rest-stage.ts'
import { log, onWholeMachine } from './stage.ts'

const perSecond = Number(process.env.BENCH_EVENTS ?? 100)
const seconds = Number(process.env.BENCH_SECONDS ?? 10)
/**
 * The number of cards in all columns that are loaded before it begins; without it the board stays as it is after
 * loading.
 */
const cards = (process.env.BENCH_CARDS ?? '0,1500').split(',').map(Number)
/**
 * People who take turns in making changes, because a single person is slowed down by limits when the machine is slow.
 */
const writers = Number(process.env.BENCH_WRITERS ?? 8)
const target = { busy: 0.4, key_p99_ms: 100 }

await onWholeMachine(async stage => {
  await ensurePage({ log })
  say('filling 20,000 tasks')
  await migrate({ url: stage.databaseUrl('taskwire'), migrationUrl: null }, log)
  await fill(stage, 'taskwire', 20_000)
  const server = await startOurs(stage)
  const { url } = server
  const tokens = await Promise.all(
    Array.from({ length: writers }, (_, nth) => joinAsEditor(stage, server, `writer-${nth}`)),
  )
  const browser = await launchBrowser()
  try {
    for (const wanted of cards) {
      const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
      const shown = await openBoard(page, url, emailOn(server), wanted)
      report('page', { cards: wanted, ...(await measure(page, url, tokens, shown)), target })
      await page.close()
    }
  } finally {
    await browser.close()
  }
})

/** @returns ids of tasks that are on the board */
async function openBoard(page: Page, url: string, email: string, wanted: number): Promise<number[]> {
  const ids = new Set<number>()
  page.on('response', async response => {
    if (!/\/tasks\?/.test(response.url())) return
    const { results = [] } = (await response.json().catch(() => ({}))) as { results?: { id: number }[] }
    for (const { id } of results) ids.add(id)
  })
  await page.goto(url)
  await page.getByRole('textbox', { name: 'Email' }).fill(email)
  await page.getByRole('textbox', { name: 'Password' }).fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('status').getByText('Live', { exact: true }).waitFor()
  await page.locator('[data-task]').first().waitFor()
  while (ids.size < wanted) {
    await page.evaluate(`for (const list of document.querySelectorAll('.cards')) list.scrollTop = list.scrollHeight`)
    await sleep(100)
  }
  await page.evaluate(`for (const list of document.querySelectorAll('.cards')) list.scrollTop = 0`)
  await sleep(1_000)
  return [...ids]
}

async function measure(page: Page, url: string, tokens: readonly string[], ids: readonly number[]) {
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('Performance.enable')
  await devtools.send('Network.enable')
  let arrived = 0
  devtools.on('Network.webSocketFrameReceived', ({ response }) => {
    if (response.payloadData.includes('task_updated')) arrived += 1
  })
  await page.locator('[data-task]').first().focus()
  await watchKeys(page)
  const before = await durations(devtools)
  const began = performance.now()
  const writes: Promise<unknown>[] = []
  let failed = 0
  for (let nth = 0; nth < perSecond * seconds; nth += 1) {
    await sleep(Math.max(0, began + (nth * 1_000) / perSecond - performance.now()))
    const body = JSON.stringify({ title: `changed for the ${nth}th time` })
    writes.push(
      send(url, tokens[nth % tokens.length]!, {
        method: 'PATCH',
        path: `/tasks/${ids[(nth * 7) % ids.length]}`,
        body,
      }).catch(() => (failed += 1)),
    )
    if (nth % Math.ceil(perSecond / 4) === 0) void page.keyboard.press(nth % 2 ? 'ArrowUp' : 'ArrowDown')
  }
  const tookS = (performance.now() - began) / 1_000
  const after = await durations(devtools)
  const arrivedPerS = round(arrived / tookS)
  await Promise.all(writes)
  const share = (name: string) => round(((after[name] ?? 0) - (before[name] ?? 0)) / tookS, 3)
  const keys = await page.evaluate<number[]>('keyTimes')
  return {
    sent: writes.length - failed,
    arrived_per_s: arrivedPerS,
    nodes: await page.evaluate<number>('document.querySelectorAll("*").length'),
    busy: share('TaskDuration'),
    script: share('ScriptDuration'),
    style: share('RecalcStyleDuration'),
    layout: share('LayoutDuration'),
    keys: keys.length,
    key_p50_ms: round(percentile(keys, 50)),
    key_p99_ms: round(percentile(keys, 99)),
  }
}

/** From pressing a key until the frame that reacts to it is sent to the screen. */
async function watchKeys(page: Page): Promise<void> {
  await page.evaluate(`
    globalThis.keyTimes = []
    addEventListener('keydown', event => requestAnimationFrame(() => {
      const channel = new MessageChannel()
      channel.port1.onmessage = () => keyTimes.push(performance.now() - event.timeStamp)
      channel.port2.postMessage(null)
    }), true)`)
}

async function durations(devtools: CDPSession): Promise<Record<string, number>> {
  const { metrics } = await devtools.send('Performance.getMetrics')
  return Object.fromEntries(metrics.map(({ name, value }) => [name, value]))
}
