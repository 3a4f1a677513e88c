import assert from 'node:assert/strict'
import { rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Page } from 'playwright-core'
import type { BoardWindow } from '../support/board-window.ts'
import { expect, type TestServer } from '../support/server.ts'
import { withBoards } from '../support/with-boards.ts'

const minuteMs = 60_000

/** Of the page, and of what scrolls in it. */
const widest = 'Math.max(document.documentElement.scrollWidth, document.querySelector("main").scrollWidth)'

describe('page: the system', () => {
  let server: TestServer
  let here: BoardWindow
  let page: Page

  withBoards({ people: ['admin'], tuning: { sampleMs: 3600_000 } }, boards => {
    server = boards.server
    ;[here] = boards.windows
    page = here.page
  })

  const goTo = (address: string) => page.evaluate(`location.hash = ${JSON.stringify(address)}`)
  /** Everything is asked for anew. */
  const open = async () => {
    await goTo('/operations/jobs')
    await page.getByRole('region', { name: 'Jobs' }).waitFor()
    await page.getByRole('link', { name: 'System' }).click()
  }
  const thisMinute = Math.floor(Date.now() / minuteMs) * minuteMs
  const addSample = (minutesAgo: number, values: Record<string, number>) => {
    const names = Object.keys(values)
    const places = names.map((_, nth) => `$${nth + 2}`)
    return server.query(
      `insert into statistics_samples (instance, failed_probes, at, ${names.join(', ')})
       values ('00000000-0000-0000-0000-000000000001', '{}', $1, ${places.join(', ')})`,
      [new Date(thisMinute - minutesAgo * minuteMs).toISOString(), ...Object.values(values)],
    )
  }

  it('[PG60] says of a fresh server that its first minute is being sampled', async () => {
    await page.getByRole('link', { name: 'Operations' }).click()
    await open()
    await page.getByText('The first minute is being sampled').waitFor()
    assert.equal(await page.getByRole('img').count(), 0)
  })

  it('[PG60] draws each number of the last hour with honest gaps, and gives the same as a table', async () => {
    for (const minutesAgo of [12, 9, 8, 7, 4, 3, 2])
      await addSample(minutesAgo, { requests_per_second: minutesAgo, memory_bytes: 250e6, query_p99_ms: 10 })
    await open()
    const chart = page.getByRole('img', { name: 'Chart of Requests: last 2, at most 12' })
    await chart.waitFor()
    const line = (await chart.locator('.chart-line').getAttribute('d'))!
    assert.equal(line.split('M').length - 1, 2, 'two stretches, with a gap between them')
    const dots = (await chart.locator('.chart-dots').getAttribute('d'))!
    assert.equal(dots.split('M').length - 1, 1, 'what stands alone is a dot')
    assert.ok((await chart.locator('.chart-gap').count()) >= 2)
    await page.getByRole('img', { name: 'Chart of Memory: last 250 MB' }).waitFor()

    await page.getByText('All numbers as a table').click()
    const rows = page.getByRole('group', { name: 'Table of all numbers' }).getByRole('row')
    await rows.first().waitFor()
    const texts = await rows.allInnerTexts()
    const newest = texts.findIndex(text => text.includes('250 MB'))
    assert.match(texts[newest]!, /\b2\b.*250 MB.*10 ms/s)
    assert.deepEqual(
      texts.slice(newest, newest + 6).map(text => text.includes('not sampled')),
      [false, false, false, true, true, false],
    )
  })

  it('[PG60] shows the last hour, day or week, as the address says', async () => {
    await page.getByRole('radio', { name: 'Last week' }).check({ force: true })
    // The samples above are put into hours when a real one is.
    await page.getByText('The first minute is being sampled').waitFor()
    assert.match(page.url(), /#\/operations\/system\?span=week$/)
    await goTo('/operations/system')
    await page.getByRole('img', { name: 'Chart of Requests' }).waitFor()
    assert.equal(await page.getByRole('radio', { name: 'Last hour' }).isChecked(), true)
  })

  it('[PG61] says in words what stands out, so that a newcomer knows where to look', async () => {
    await page.getByText('Nothing stands out').waitFor()
    await addSample(1, {
      memory_bytes: 250e6,
      query_p99_ms: 1_900,
      requests_per_second: 5,
      errors_per_second: 0,
      cpu_percent: 12,
    })
    await open()
    const found = page.getByRole('list', { name: 'What stands out' }).getByRole('listitem')
    await found.waitFor()
    assert.deepEqual(await found.allInnerTexts(), ['The database is slow: statements take up to 1.9 s.'])
  })

  it('[PG63] lists the slowest endpoints, and clears the cache after asking', async () => {
    await page.getByRole('radio', { name: 'Since the start' }).check({ force: true })
    const table = page.getByRole('group', { name: 'Table of the slowest endpoints' })
    const login = table.getByRole('row').filter({ hasText: 'POST /auth/login' })
    assert.match(await login.innerText(), /\d ms/)
    await page.getByRole('button', { name: 'Clear the cache…' }).click()
    await page.getByRole('button', { name: 'Clear it' }).click()
    await page.getByText(/answers? (is|are) forgotten/).waitFor()
    await page.getByRole('textbox', { name: 'Keys to forget' }).fill('dashboard:*')
    await expect(server.admin.rest('GET', '/dashboard/stats'), 200)
    await page.getByRole('button', { name: 'Forget these' }).click()
    await page.getByText('One answer is forgotten').waitFor()
  })

  it('[PG11] fits the width of a phone, and nothing moves when the numbers come', async () => {
    await addSample(0, { memory_bytes: 250e6, requests_per_second: 5 })
    await page.setViewportSize({ width: 360, height: 740 })
    await goTo('/operations/jobs')
    await page.getByRole('region', { name: 'Jobs' }).waitFor()
    const hold = Promise.withResolvers<void>()
    await page.route('**/system/**', async route => (await hold.promise, route.continue()))
    await page.getByRole('link', { name: 'System' }).click()
    const placeOf = async () => (await page.getByRole('img', { name: 'Chart of Memory' }).boundingBox())!.y
    await page.getByText('Asking each part').waitFor()
    const before = await placeOf()
    hold.resolve()
    await page.getByRole('img', { name: 'Chart of Memory: last 250' }).waitFor()
    await page.getByRole('list', { name: 'Parts of the system' }).waitFor()
    assert.ok(Math.abs((await placeOf()) - before) < 2, `${before} ${await placeOf()}`)
    assert.equal(await page.evaluate(widest), 360)
  })

  it('[PG62] shows the health of each part while one looks, what is off first, with its reason', async () => {
    const parts = page.getByRole('list', { name: 'Parts of the system' }).getByRole('listitem')
    await page.getByText('All parts are healthy').waitFor()
    assert.equal(await parts.filter({ hasText: 'Healthy' }).count(), await parts.count())
    assert.equal(await parts.filter({ hasText: 'RedisHealthyNot in use' }).count(), 1)
    assert.equal(await parts.filter({ hasText: 'Read replicaHealthyNot in use' }).count(), 1)
    assert.equal(await parts.filter({ hasText: /^DatabaseHealthyTook/ }).count(), 1)
    const folder = path.join(server.dataDir, 'media', 'files')
    await rm(folder, { recursive: true, force: true })
    await writeFile(folder, 'in the way')
    try {
      await parts.first().filter({ hasText: 'File storageUnhealthy' }).getByText('Last error: ').waitFor()
      await page.getByText('It works, but not every part does').waitFor()
    } finally {
      await rm(folder)
    }
  })
})
