import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { ensurePage } from '../../server/page/build.ts'
import { createLogger } from '../../server/kernel/logger.ts'
import { openBoard } from '../support/board-window.ts'
import { useBrowser } from '../support/browser.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { ask } from '../suites/packed.ts'

describe('page: transfer of its files', () => {
  const browser = useBrowser()
  let server: TestServer
  let dir: string
  before(async function () {
    this.timeout(120_000)
    server = await startServer({ page: true })
    dir = (await ensurePage({ log: createLogger({ level: 'silent', pretty: false }) }))!
  })
  after(() => server?.close())

  const textFiles = async () =>
    (await readdir(path.join(dir, 'assets'))).filter(name => /\.(js|css)$/.test(name)).map(name => `/assets/${name}`)

  it('[SZ4] sends each file of the page compressed to clients that accept it, with Vary for caches', async () => {
    for (const file of [...(await textFiles()), '/', '/favicon.svg', '/any/address']) {
      const plain = await ask(`${server.url}${file}`)
      assert.deepEqual([plain.status, plain.headers['content-encoding']], [200, undefined], file)
      for (const takes of ['br', 'gzip'] as const) {
        const packed = await ask(`${server.url}${file}`, { 'accept-encoding': takes })
        assert.equal(packed.text, plain.text, file)
        assert.match(packed.headers.vary ?? '', /Accept-Encoding/)
        assert.equal(packed.headers['content-type'], plain.headers['content-type'], file)
        assert.equal(packed.headers['content-length'], String(packed.raw.length))
        if (plain.raw.length < 1_024) continue
        assert.equal(packed.headers['content-encoding'], takes, file)
        assert.ok(packed.raw.length < plain.raw.length, file)
      }
    }
  })

  it('[SZ4] answers HEAD like GET, and sends no encoding that the client refuses', async () => {
    const [file] = await textFiles()
    const [head, got] = await Promise.all(
      ['HEAD', 'GET'].map(method => ask(`${server.url}${file}`, { 'accept-encoding': 'br' }, method)),
    )
    for (const name of ['content-length', 'content-encoding', 'cache-control'])
      assert.equal(head!.headers[name], got!.headers[name], name)
    const plain = await ask(`${server.url}${file}`, { 'accept-encoding': 'br;q=0, gzip;q=0' })
    assert.deepEqual(plain.raw, await readFile(path.join(dir, file!)))
  })

  const elsewhere =
    /\/(operations|posts?-|videos|settings|media-view|jobs-view|notifications-view|projects-dialog|import-)/

  it('[SZ5] loads only the board with the board, and each other view when it is opened', async () => {
    const board = await openBoard(browser(), server.url, server.admin)
    const fetched: string[] = []
    board.page.on('request', request => fetched.push(new URL(request.url()).pathname))
    try {
      await board.reopen()
      assert.ok(fetched.some(address => address.endsWith('.js')))
      assert.deepEqual(
        fetched.filter(address => elsewhere.test(address)),
        [],
      )
      for (const [name, heading] of [
        ['Posts', 'Posts'],
        ['Videos', 'Videos'],
        ['Operations', 'Operations'],
      ] as const) {
        await board.page.getByRole('link', { name, exact: true }).click()
        await board.page.getByRole('heading', { name: heading, exact: true }).waitFor()
      }
      for (const part of ['posts-view', 'videos-view', 'operations-view'])
        assert.ok(
          fetched.some(address => address.includes(part)),
          part,
        )
    } finally {
      await board.close()
    }
  })

  it('[SZ5] shows that a view could not be loaded, and loads it with the page once that works', async () => {
    const board = await openBoard(browser(), server.url, server.admin)
    try {
      await board.reopen()
      await board.page.route(/settings-view/, route => route.abort())
      await board.page.getByRole('link', { name: 'Settings' }).click()
      await board.page.getByRole('alert').getByText('could not be loaded').waitFor()
      await board.page.getByRole('link', { name: 'Notifications' }).click()
      await board.page.getByRole('heading', { name: 'Notifications' }).waitFor()
      await board.page.getByRole('link', { name: 'Settings' }).click()
      await board.page.unroute(/settings-view/)
      await board.page.getByRole('button', { name: 'Load the page again' }).click()
      await board.page.getByRole('heading', { name: 'Settings' }).waitFor()
    } finally {
      await board.close()
    }
  })

  it('[SZ6] shows the outline of the page before any script, and removes it with the page', async () => {
    const context = await browser().newContext()
    const page = await context.newPage()
    const outline = page.locator('.outline')
    try {
      await page.route(/assets\/.*\.js/, route => route.abort())
      await page.goto(server.url)
      await outline.waitFor({ state: 'visible' })
      await page.unroute(/assets\/.*\.js/)
      await page.reload()
      await page.getByRole('textbox', { name: 'Email' }).waitFor()
      assert.equal(await outline.isVisible(), false)
    } finally {
      await context.close()
    }
  })

  it('[SZ6] shows no outline where scripts are forbidden', async () => {
    const context = await browser().newContext({ javaScriptEnabled: false })
    const page = await context.newPage()
    try {
      await page.goto(server.url)
      assert.equal(await page.locator('.outline').isVisible(), false)
    } finally {
      await context.close()
    }
  })
})
