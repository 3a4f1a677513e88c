import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { io, type Socket } from 'socket.io-client'
import type { User } from '../../contract/index.ts'
import { ensurePage } from '../../server/page/build.ts'
import { openDatabase } from '../../server/adapters/database.ts'
import { withSettings } from '../../server/adapters/database-connection.ts'
import { createApp } from '../../server/app.ts'
import { loadConfig } from '../../server/config.ts'
import { basePathOf } from '../../server/kernel/base-path.ts'
import { createLogger } from '../../server/kernel/logger.ts'
import type { Tuning } from '../../server/tuning.ts'
import { checkFetches } from './documented/fetches.ts'
import { checkMessages } from './documented/messages.ts'
import { highLimits } from './high-limits.ts'
import { testDatabase } from './postgres.ts'

export interface StartOptions {
  /** Further configuration, as environment variables. */
  env?: Record<string, string>
  /** Serve the built page. */
  page?: boolean
  tuning?: Tuning
  /** Only for a server that must not share the secret of all others. */
  jwtSecret?: string
}

export interface Answer {
  status: number
  headers: Headers
  /** Parsed, if it was JSON. */
  body: any
}

/** A signed-in person with REST and sockets. */
export interface Client {
  person: User
  email: string
  token: string
  refreshToken: string
  rest(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>
  /** A connected socket, closed with the server. `listen` is called before it connects, so that it misses no event. */
  socket(auth?: Record<string, unknown>, listen?: (socket: Socket) => void): Promise<Socket>
}

export interface TestServer {
  url: string
  databaseUrl: string
  ownerUrl: string
  /** Its DATA_DIR, with the uploaded files. */
  dataDir: string
  /** The admin of the first start. */
  admin: Client
  /** A new account, signed in. */
  user(name?: string): Promise<Client>
  /** Signs in once more, with another session. */
  login(email: string, password?: string): Promise<Client>
  /** A request without credentials. */
  rest(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>
  /** Runs SQL in the server's database. */
  query<R extends object>(text: string, values?: unknown[]): Promise<R[]>
  /** Stops as on a signal. What is open in the test stays. */
  stop(): Promise<void>
  close(): Promise<void>
}

export const password = 'correct horse 9'

/** The least that argon2 takes: a usual hash is most of what a person costs a test. */
const passwordCost = { memoryCost: 8, timeCost: 1 }

/** A whole server on a database of its own and a free port, in this process. */
export async function startServer({
  env = {},
  page = false,
  tuning,
  jwtSecret,
}: StartOptions = {}): Promise<TestServer> {
  const log = createLogger({ level: process.env.TEST_LOG_LEVEL ?? 'silent', pretty: false })
  const { url: databaseUrl, ownerUrl, drop } = await testDatabase()
  const dataDir = await mkdtemp(join(tmpdir(), 'taskwire-test-'))
  const admin = { ADMIN_EMAIL: 'admin@example.com', ADMIN_PASSWORD: password }
  const config = loadConfig({ NODE_ENV: 'test', DATA_DIR: dataDir, ...admin, ...highLimits, ...env })
  const app = await createApp({
    config,
    databaseUrl,
    migrationUrl: ownerUrl,
    jwtSecret: jwtSecret ?? 'a secret for tests that has more than 32 characters',
    pageDir: page ? await ensurePage({ log }) : null,
    log,
    // No clean-up runs during a test.
    tuning: { firstTidyMs: 3600_000, sweepMs: 3600_000, passwordCost, ...tuning },
  })
  const { port } = await app.listen(0, '127.0.0.1')
  const url = `http://127.0.0.1:${port}`
  checkFetches(url, basePathOf(config.publicUrl))
  const database = openDatabase(withSettings(ownerUrl, { search_path: 'public' }), log)
  const sockets = new Set<Socket>()

  let people = 0
  let stopped: Promise<void> | undefined
  const stop = () => (stopped ??= app.close())

  const clientOf = (answer: Answer): Client => {
    const { access_token: token, refresh_token: refreshToken, user } = answer.body
    return {
      person: user,
      email: user.email,
      token,
      refreshToken,
      rest: (method, path, body, headers) => rest(method, path, body, { authorization: `Bearer ${token}`, ...headers }),
      socket: (auth, listen) => connect(url, { token, ...auth }, sockets, listen),
    }
  }
  const rest = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
    request(`${url}/api/v1${path}`, method, body, headers)
  const login = async (email: string, secret = password) =>
    clientOf(await expect(rest('POST', '/auth/login', { email, password: secret }), 200))

  return {
    url,
    databaseUrl,
    ownerUrl,
    dataDir: config.dataDir,
    admin: await login('admin@example.com'),
    login,
    rest,
    user: async (name = 'person') => {
      const username = `${name}-${++people}`
      const account = { email: `${username}@example.com`, username, name, password }
      return clientOf(await expect(rest('POST', '/auth/register', account), 201))
    },
    query: (text, values = []) => database.query({ text, values }),
    stop,
    close: async () => {
      for (const socket of sockets) socket.disconnect()
      await stop()
      await database.close()
      await drop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

async function request(url: string, method: string, body: unknown, headers: Record<string, string>): Promise<Answer> {
  const sent = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }
  const type: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' }
  const response = await fetch(url, { method, headers: { ...type, ...headers }, ...sent })
  const text = await response.text()
  const json = response.headers.get('content-type')?.includes('json')
  return { status: response.status, headers: response.headers, body: json ? JSON.parse(text) : text }
}

/** The answer, if it has the expected status; otherwise the test fails with the answer in its message. */
export async function expect(pending: Promise<Answer>, status: number): Promise<Answer> {
  const answer = await pending
  if (answer.status !== status)
    throw new Error(`expected ${status}, got ${answer.status}: ${JSON.stringify(answer.body)}`)
  return answer
}

function connect(
  url: string,
  auth: Record<string, unknown>,
  sockets: Set<Socket>,
  listen?: (socket: Socket) => void,
): Promise<Socket> {
  const socket = io(url, { auth, transports: ['websocket'], forceNew: true, reconnection: false })
  sockets.add(socket)
  checkMessages(socket)
  listen?.(socket)
  return new Promise((resolve, reject) => {
    socket.once('connect', () => resolve(socket))
    socket.once('connect_error', reject)
  })
}
