import { eventually } from '../support/eventually.ts'
import { type Client, startServer, type TestServer } from '../support/server.ts'
import { type Receiver, startReceiver, webhookEnv, webhookTuning } from './webhook-receiver.ts'

type Tuning = NonNullable<NonNullable<Parameters<typeof startServer>[0]>['tuning']>

interface Webhooks {
  server: TestServer
  ann: Client
  bob: Client
  receiver: Receiver
}

interface Options {
  /** The pauses before a failed delivery is repeated, in seconds. */
  schedule?: string
  tuning?: Partial<Tuning['webhooks']>
}

/**
 * For the tests of one file: starts a server that may call private addresses. Before each test it makes two people and
 * a receiver, and calls `take` with them; after each test it removes the receiver and all webhooks.
 */
export function withWebhooks({ schedule, tuning }: Options, take: (webhooks: Webhooks) => void): void {
  let server: TestServer
  let receiver: Receiver
  before(async () => {
    server = await startServer({
      env: { ...webhookEnv, ...(schedule && { WEBHOOK_RETRY_SCHEDULE: schedule }) },
      tuning: { webhooks: { ...webhookTuning.webhooks, ...tuning } },
    })
  })
  after(() => server.close())
  beforeEach(async () => {
    const [ann, bob] = [await server.user('ann'), await server.user('bob')]
    receiver = await startReceiver()
    take({ server, ann, bob, receiver })
  })
  afterEach(async () => {
    await receiver.close()
    // The server works on them meanwhile, and PostgreSQL may end either of the two.
    await eventually(() => server.query('delete from webhooks'))
  })
}
