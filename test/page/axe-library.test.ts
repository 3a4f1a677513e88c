import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import { eventually } from '../support/eventually.ts'
import { axeFindsNothing, type States } from '../support/page-states.ts'
import { useBrowser } from '../support/browser.ts'
import { startServer, type Client, type TestServer } from '../support/server.ts'
import { created } from '../suites/answers.ts'
import { png, upload } from '../suites/media.ts'

const fillName = (page: Page) => page.getByRole('textbox', { name: 'Name', exact: true }).fill('A script')

describe('page: axe on files, posts, videos, settings and accounts', () => {
  useBrowser()
  let server: TestServer
  let ada: Client
  let post: number
  let video: number
  let file: number

  before(async function () {
    this.timeout(120_000)
    server = await startServer({ page: true, env: { OUTBOUND_ALLOW_PRIVATE: 'true' }, tuning: { keyUsageMs: 50 } })
    ada = await server.user('ada')
    post = (await created(ada, '/blog/posts', { title: 'a post', body: '# Head\n\ntext', status: 'published' })).id
    video = (await created(ada, '/videos', { title: 'a video', url: 'https://a.example/v', tags: ['tag'] })).id
    file = (await upload(server, ada, [{ name: 'a.png', content: await png() }])).body.id
  })
  after(() => server?.close())

  const states: States = {
    'a file': async ({ goTo, page }) => {
      await goTo(`/media/${file}`)
      await page.getByRole('dialog', { name: 'a.png' }).waitFor()
    },
    'the deletion of a file': async ({ goTo, press, pick }) => {
      await goTo('/media')
      await press('Actions on a.png')
      await pick('Delete')
    },
    'a refused file': async ({ goTo, page }) => {
      await goTo('/media')
      const chooser = page.waitForEvent('filechooser')
      await page.getByRole('button', { name: 'Upload', exact: true }).click()
      await (await chooser).setFiles({ name: 'x.svg', mimeType: 'image/svg+xml', buffer: Buffer.from('<svg/>') })
      await page.getByRole('list', { name: 'Uploads' }).getByRole('alert').waitFor()
    },
    'a missing file': async ({ goTo, see }) => {
      await goTo('/media/999999')
      await see('This file was deleted')
    },
    'the preview of a post': async ({ goTo, fill, page }) => {
      await goTo('/write')
      await fill('Text', '# Head\n\n| a | b |\n|--|--|\n| 1 | 2 |')
      await page.getByRole('radio', { name: 'Preview' }).check({ force: true })
    },
    'a post without a title': async ({ goTo, press, see }) => {
      await goTo('/write')
      await press('Publish')
      await see('A post needs a title')
    },
    'a picture for a post': async ({ goTo, press }) => {
      await goTo('/write')
      await press('Insert a picture')
    },
    'leaving a post with unsaved text': async ({ goTo, fill, press }) => {
      await goTo(`/write/${post}`)
      await fill('Title', 'another')
      await press('Cancel')
    },
    'the deletion of a post': async ({ goTo, press }) => {
      await goTo(`/write/${post}`)
      await press('Delete')
    },
    'a missing post': async ({ goTo, see }) => {
      await goTo('/posts/nowhere')
      await see('deleted')
    },
    'a video': async ({ goTo, fill, page }) => {
      await goTo(`/videos/${video}`)
      await fill('Title', 'left')
      await page.keyboard.press('Escape')
    },
    'a refused video': async ({ goTo, press, page }) => {
      await goTo('/videos/new')
      await press('Add')
      await page.locator('[aria-invalid=true]').first().waitFor()
    },
    'the menu of a video': async ({ goTo, press }) => {
      await goTo('/videos')
      await press('Actions on a video')
    },
    'the deletion of a video': async ({ goTo, press, pick }) => {
      await goTo('/videos')
      await press('Actions on a video')
      await pick('Delete')
    },
    'the import of videos': async ({ goTo, press, see }) => {
      await goTo('/videos/import')
      await press('Start')
      await see('Paste one address')
    },
    'lists without matches': async ({ goTo, see }) => {
      await goTo('/videos?search=nothing')
      await see('Nothing matches')
    },
    'a refused password': async ({ goTo, press, page }) => {
      await goTo('/settings')
      await press('Change it')
      await page.locator('[aria-invalid=true]').first().waitFor()
    },
    'an export of the board': async ({ press }) => {
      await press('Filter')
      await press('Export these tasks')
    },
    'an export that has ended': async ({ goTo, press, see }) => {
      await goTo('/settings/exports')
      await press('Export')
      await see('kept until')
    },
    'a refused erasure': async ({ goTo, press, page }) => {
      await goTo('/settings/data')
      await press('Erase account…')
      await page.locator('[aria-invalid=true]').first().waitFor()
    },
    'an erasure': async ({ goTo, press, fill, page }) => {
      await goTo('/settings/data')
      await fill('Your password', 'something')
      await press('Erase account…')
      await page.getByRole('dialog').waitFor()
    },
    'a refused webhook': async ({ goTo, press, page }) => {
      await goTo('/settings/webhooks')
      await press('Add a webhook')
      await page.getByRole('radio', { name: 'Only some' }).check({ force: true })
      await press('task.created')
      await press('Add it')
      await page.locator('[aria-invalid=true]').first().waitFor()
    },
    'the secret of a webhook': async ({ goTo, press, fill, see }) => {
      await goTo('/settings/webhooks')
      await press('Add a webhook')
      await fill('Address', 'http://127.0.0.1:9/')
      await fill('What it is for', 'Nobody')
      await press('Add it')
      await see('It is not shown again')
    },
    'a webhook that cannot be reached': async ({ goTo, press, see, page }) => {
      await goTo('/settings/webhooks')
      await press('Nobody')
      await press('Send a test')
      await see('The test did not arrive')
      await page.getByRole('list', { name: 'Deliveries' }).getByText('Given up').waitFor()
    },
    'the end of a webhook': async ({ goTo, press, page }) => {
      await goTo('/settings/webhooks')
      await press('Nobody')
      await press('Remove…')
      await page.getByRole('dialog', { name: 'Remove the webhook?' }).waitFor()
    },
    'a refused API key': async ({ goTo, press, page }) => {
      await goTo('/settings/keys')
      await press('Make a key')
      await fillName(page)
      await press('Make it')
      await page.locator('[aria-invalid=true]').first().waitFor()
    },
    'a new API key': async ({ goTo, press, see, page }) => {
      await goTo('/settings/keys')
      await press('Make a key')
      await fillName(page)
      await page.getByRole('group', { name: 'Tasks', exact: true }).getByRole('checkbox', { name: 'Read' }).check()
      await press('Make it')
      await see('It is not shown again')
    },
    'the use of an API key': async ({ goTo, page }) => {
      const { body } = await ada.rest('POST', '/api-keys', { name: 'In use', permissions: ['tasks:read'] })
      await server.rest('GET', '/tasks', undefined, { 'x-api-key': body.key })
      await eventually(async () => assert.equal((await ada.rest('GET', `/api-keys/${body.id}/usage`)).body.calls, 1))
      await goTo('/settings/keys')
      await page.getByRole('button', { name: 'In use', exact: true }).first().click()
      await page.getByRole('table', { name: 'Latest calls' }).waitFor()
    },
    'a short message': async ({ goTo, press, see }) => {
      await goTo('/settings')
      await press('Update profile')
      await see('Your profile is updated')
    },
  }
  const statesOfAdmins: States = {
    'an account': async ({ goTo, press }) => {
      await goTo('/operations')
      await press(ada.person.name)
    },
    'the password of an account': async ({ goTo, press }) => {
      await goTo('/operations')
      await press(ada.person.name)
      await press('Reset password…')
    },
    'selected people': async ({ goTo, page }) => {
      await goTo('/operations')
      await page.getByRole('checkbox', { name: 'Select all that are shown' }).check()
      await page.getByRole('toolbar').waitFor()
    },
    'a ban': async ({ goTo, page }) => {
      await goTo('/operations')
      await page.getByRole('checkbox', { name: 'Select all that are shown' }).check()
      await page.getByRole('combobox', { name: 'Do with the selected' }).selectOption('ban')
      await page.getByRole('dialog').waitFor()
    },
    'videos that are changed at once': async ({ goTo, page, press }) => {
      await goTo('/videos')
      await page.getByRole('checkbox', { name: 'Select a video' }).check({ force: true })
      await press('Change')
      await page.getByRole('checkbox', { name: 'Give them other tags' }).check()
    },
  }
  describe('as everybody sees them', () =>
    axeFindsNothing(
      states,
      () => server,
      () => ada,
    ))
  describe('as administrators see them', () =>
    axeFindsNothing(
      statesOfAdmins,
      () => server,
      () => server.admin,
    ))
})
