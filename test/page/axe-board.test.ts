import { axeFindsNothing, type States } from '../support/page-states.ts'
import { useBrowser } from '../support/browser.ts'
import { expect, startServer, type Client, type TestServer } from '../support/server.ts'
import { addProject, addTask, created } from '../suites/answers.ts'
import { png, upload } from '../suites/media.ts'

describe('page: axe on tasks and projects', () => {
  useBrowser()
  let server: TestServer
  let ada: Client
  let task: number
  let other: number
  let read: number
  let project: number

  before(async function () {
    this.timeout(120_000)
    server = await startServer({ page: true })
    ada = await server.user('ada')
    project = (await addProject(ada, { name: 'A garden' })).id
    await expect(ada.rest('PUT', `/projects/${project}/members/${server.admin.person.id}`, { role: 'viewer' }), 200)
    task = (await addTask(ada, { title: 'Dig', description: 'a hole', assignee_id: ada.person.id })).id
    other = (await addTask(ada, { title: 'Sow', due_date: '2020-01-01T12:00:00Z', priority: 'urgent' })).id
    const theirs = (await addProject(server.admin, { name: 'A forest', visibility: 'internal' })).id
    read = (await addTask(server.admin, { title: 'Only read', project: String(theirs) })).id
    await created(ada, `/tasks/${task}/comments`, { body: 'said' })
    await upload(server, ada, [{ name: 'b.png', content: await png() }], { task_id: task })
  })
  after(() => server?.close())

  const states: States = {
    'the menu of a card': ({ menuOf }) => menuOf('Dig'),
    'the deletion of a card': async ({ menuOf, pick }) => {
      await menuOf('Dig')
      await pick('Delete')
    },
    'the deletion of selected cards': async ({ menuOf, pick, press }) => {
      await menuOf('Dig')
      await pick('Select')
      await press('Delete…')
    },
    'selected cards': async ({ menuOf, pick, press }) => {
      await menuOf('Dig')
      await pick('Select')
      await press('Move to…')
    },
    'a board without matches': async ({ goTo, see }) => {
      await goTo('/?search=nothing&priority=low&due=week&category=x')
      await see('No ')
    },
    'people to filter by': async ({ press, combo, page }) => {
      await press('Filter')
      await combo('Filter by person', 'a')
      await page.getByRole('listbox').waitFor()
    },
    'a task without a title': async ({ goTo, press, see }) => {
      await goTo('/tasks/new')
      await press('Save')
      await see('A task needs a title')
    },
    'leaving a task with unsaved text': async ({ goTo, fill, page }) => {
      await goTo(`/tasks/${task}`)
      await fill('Title', 'Dig deeper')
      await page.keyboard.press('Escape')
    },
    'a task with restored text': async ({ goTo, fill, page, see, press }) => {
      await goTo(`/tasks/${other}`)
      await fill('Title', 'Sow late')
      await page.goBack()
      await goTo(`/tasks/${other}`)
      await see('What you had begun')
      await press('Delete')
    },
    'people to assign, in a task': async ({ goTo, combo, page }) => {
      await goTo(`/tasks/${task}`)
      await combo('Assignee', 'a')
      await page.getByRole('listbox').waitFor()
    },
    'people to mention, and a comment being edited': async ({ goTo, press, pick, fill, page }) => {
      await goTo(`/tasks/${task}`)
      await press(/Actions on the comment/)
      await pick('Edit')
      await fill('Edit comment', '@a')
      await page.getByRole('listbox').waitFor()
    },
    'the menu of a comment': async ({ goTo, press }) => {
      await goTo(`/tasks/${task}`)
      await press(/Actions on the comment/)
    },
    'the deletion of a comment, and leaving an unsaved one': async ({ goTo, press, pick }) => {
      await goTo(`/tasks/${task}`)
      await press(/Actions on the comment/)
      await pick('Delete')
    },
    'the activity of a task': async ({ goTo, page }) => {
      await goTo(`/tasks/${task}`)
      await page
        .getByRole('radio', { name: 'Activity' })
        .or(page.getByRole('tab', { name: 'Activity' }))
        .or(page.getByRole('button', { name: 'Activity' }))
        .first()
        .click({ force: true })
    },
    'a read-only task': async ({ goTo, see }) => {
      await goTo(`/tasks/${read}`)
      await see('You may read this')
    },
    'a missing task': async ({ goTo, see }) => {
      await goTo('/tasks/999999')
      await see('This task was deleted')
    },
    'a picture of a task': async ({ goTo, page }) => {
      await goTo(`/tasks/${task}`)
      await page
        .getByRole('button', { name: /b\.png/ })
        .first()
        .click()
      await page.getByRole('dialog', { name: 'b.png' }).waitFor()
    },
    'a new project': ({ goTo, page }) =>
      goTo('/projects/new').then(() => page.getByRole('textbox', { name: 'Name' }).waitFor()),
    'the removal of a member': async ({ goTo, press }) => {
      await goTo(`/projects/${project}`)
      await press(`Remove ${server.admin.person.name}`)
    },
    'people to invite': async ({ goTo, combo, page }) => {
      await goTo(`/projects/${project}`)
      await combo('Invite', 'a')
      await page.getByRole('listbox').waitFor()
    },
    'an import without a file': async ({ goTo, press, see }) => {
      await goTo('/import')
      await press('Start')
      await see('Choose a file')
    },
    'an import with its result': async ({ goTo, press, page, see }) => {
      await goTo('/import')
      await page.getByLabel('File').setInputFiles({
        name: 'a.csv',
        mimeType: 'text/csv',
        buffer: Buffer.from('title,status,due_date\nx,todo,soon\n,,\ny,nonsense,\n'),
      })
      await press('Try it')
      await see('Row')
    },
  }
  axeFindsNothing(
    states,
    () => server,
    () => ada,
  )
})
