// Feathers 5 (Koa and Knex) as its guide says, on the same tables: a service of the adapter, hooks around it, a create
// and its event in one transaction. No accounts, no rights, no validation, no outbox and no sockets, which all would cost
// more. JavaScript, so that the compiler does not need what bench/package.json installs.
import { once } from 'node:events'
import { feathers } from '@feathersjs/feathers'
import { bodyParser, errorHandler, koa, rest } from '@feathersjs/koa'
import { KnexService, transaction } from '@feathersjs/knex'
import knex from 'knex'
import pg from 'pg'
import { taskPriorities } from '../../contract/index.ts'

// Ids are numbers, as with the other servers.
pg.types.setTypeParser(pg.types.builtins.INT8, Number)
const db = knex({
  client: 'pg',
  connection: { connectionString: process.env.DATABASE_URL, options: '-c TimeZone=UTC' },
  pool: { min: 0, max: 16 },
})
await db.raw('create sequence if not exists bare_offsets')
await db.raw('create table if not exists bare_events partition of event_log default')

const columns =
  'id,title,description,status,priority,category,project_id,assignee_id,due_date,position,version,created_by,updated_by,created_at,updated_at,completed_at'.split(
    ',',
  )
const filler = 1_000_000

class Tasks extends KnexService {
  /** Adds the name of the project to every query of the adapter. */
  createQuery(params) {
    const query = super.createQuery({ ...params, query: { $select: columns, ...params.query } })
    return query.leftJoin('projects', 'projects.id', 'tasks.project_id').select('projects.slug as project')
  }
}

/** Turns the query of the API into one of Feathers; the search is a condition that its query language does not have. */
async function readQuery(context) {
  const { category, priority, created_at_start, created_at_end, search, page_size } = context.params.query
  context.params.query = {
    'tasks.category': { $in: [category].flat() },
    'tasks.priority': taskPriorities.indexOf(priority),
    'tasks.created_at': { $gte: created_at_start, $lte: created_at_end },
    $sort: { 'tasks.created_at': -1, 'tasks.id': -1 },
    $limit: Number(page_size),
  }
  context.params.knex = context.service
    .createQuery(context.params)
    .whereRaw('tasks.search @@ search_query(?)', [search])
}

let position = Date.now()

async function completeTask(context) {
  const { project, priority, ...others } = context.data
  context.data = {
    ...others,
    priority: taskPriorities.indexOf(priority),
    project_id: db('projects').select('id').where({ slug: project }),
    position: (position += 1_024),
    created_by: filler,
    updated_by: filler,
  }
}

const logged = (trx, at, bulk, event, tasks) =>
  trx('event_log').insert(
    tasks.map(task => ({
      offset: db.raw(`nextval('bare_offsets')`),
      at,
      command: 0,
      bulk,
      event,
      scope: `p${task.project_id}`,
      payload: { task, created_by: filler },
    })),
  )

const logCreate = ({ params, result }) => logged(params.transaction.trx, new Date(), false, 'task_created', [result])

const named = task => ({ ...task, priority: taskPriorities[task.priority] })

/** A custom service, as the guide advises for what is not a resource. */
const bulkUpdate = {
  async create({ task_ids, updates }, params) {
    const at = new Date()
    const changes = { ...updates, version: db.raw('version + 1'), updated_at: at }
    const query = { 'tasks.id': { $in: task_ids } }
    const changed = await tasks.patch(null, changes, { transaction: params.transaction, query })
    await logged(params.transaction.trx, at, true, 'task_updated', changed)
    return { updated_count: changed.length, failed_updates: [] }
  },
  getModel: () => db,
}

const tasks = new Tasks({ Model: db, name: 'tasks', multi: ['patch'], paginate: { default: 25, max: 100 } })
const app = koa(feathers())
app.use(errorHandler())
app.use(bodyParser())
app.configure(rest())
app.use('api/v1/tasks', tasks, { methods: ['find', 'get', 'create'] })
app.use('api/v1/tasks/bulk-update', bulkUpdate, { methods: ['create'] })
app.service('api/v1/tasks').hooks({
  before: { find: [readQuery], create: [completeTask, transaction.start()] },
  after: {
    find: [context => void (context.result = { count: context.result.total, results: context.result.data.map(named) })],
    get: [context => void (context.result = named(context.result))],
    create: [logCreate, transaction.end(), context => void (context.result = named(context.result))],
  },
  error: { create: [transaction.rollback()] },
})
app.service('api/v1/tasks/bulk-update').hooks({
  before: { create: [transaction.start()] },
  after: { create: [transaction.end()] },
  error: { create: [transaction.rollback()] },
})
const server = await app.listen(0, '127.0.0.1')
if (!server.listening) await once(server, 'listening')
console.log(`API http://127.0.0.1:${server.address().port}/api/v1`)
process.once('SIGTERM', () => process.exit())
