// Fastify 5 as its guide says: schemas for what comes in and goes out, and the bare server's statements. No accounts, no
// rights, no sockets. JavaScript, so that the compiler does not need what bench/package.json installs.
import fastify from 'fastify'
import { taskPriorities, taskStatuses } from '../../contract/index.ts'
import { openBareTasks } from '../bare-tasks.ts'

const text = { type: 'string' }
const id = { type: 'integer' }
const orNull = type => ({ ...type, nullable: true })
const task = {
  type: 'object',
  properties: {
    id,
    title: text,
    description: text,
    status: { type: 'string', enum: taskStatuses },
    priority: { type: 'string', enum: taskPriorities },
    category: orNull(text),
    project_id: orNull(id),
    project: orNull(text),
    assignee_id: orNull(id),
    due_date: orNull(text),
    position: { type: 'number' },
    version: id,
    created_by: id,
    updated_by: id,
    created_at: text,
    updated_at: text,
    completed_at: orNull(text),
  },
}
const schemas = {
  create: {
    body: {
      type: 'object',
      required: ['title'],
      properties: {
        title: { type: 'string', minLength: 1, maxLength: 200 },
        description: { type: 'string', maxLength: 20_000 },
        category: text,
        priority: { type: 'string', enum: taskPriorities },
        project: text,
      },
    },
    response: { 201: task },
  },
  get: { params: { type: 'object', properties: { id } }, response: { 200: task } },
  list: {
    querystring: {
      type: 'object',
      properties: {
        category: { type: 'array', items: text },
        priority: { type: 'string', enum: taskPriorities },
        created_at_start: { type: 'string', format: 'date-time' },
        created_at_end: { type: 'string', format: 'date-time' },
        search: text,
        page: id,
        page_size: id,
      },
    },
    response: { 200: { type: 'object', properties: { count: id, results: { type: 'array', items: task } } } },
  },
  bulk: {
    body: {
      type: 'object',
      required: ['task_ids', 'updates'],
      properties: {
        task_ids: { type: 'array', items: id, maxItems: 100 },
        updates: { type: 'object', properties: { category: text } },
      },
    },
    response: {
      200: {
        type: 'object',
        properties: { updated_count: id, failed_updates: { type: 'array', items: { type: 'object' } } },
      },
    },
  },
}

const tasks = await openBareTasks(process.env.DATABASE_URL)
const app = fastify()
app.post('/api/v1/tasks', { schema: schemas.create }, async ({ body }, reply) => {
  reply.code(201)
  return tasks.create(body)
})
app.post('/api/v1/tasks/bulk-update', { schema: schemas.bulk }, ({ body }) => tasks.bulk(body))
app.get('/api/v1/tasks/:id', { schema: schemas.get }, ({ params }) => tasks.get(params.id))
app.get('/api/v1/tasks', { schema: schemas.list }, ({ query }) =>
  tasks.list({
    categories: query.category,
    priority: query.priority,
    from: query.created_at_start,
    to: query.created_at_end,
    search: query.search,
  }),
)
console.log(`API ${await app.listen({ host: '127.0.0.1', port: 0 })}/api/v1`)
process.once('SIGTERM', () => process.exit())
