import { pino, type DestinationStream, type Logger as PinoLogger } from 'pino'
import pretty from 'pino-pretty'

export type Logger = PinoLogger

export interface LoggerOptions {
  level: string
  /** Coloured lines for a person in a terminal; otherwise one JSON object a line for a machine. */
  pretty: boolean
  /** Where the lines go; standard output unless a test wants to read them. */
  destination?: DestinationStream
}

const SECRETS = [
  'authorization',
  'cookie',
  '["set-cookie"]',
  '["x-api-key"]',
  'password',
  'token',
  'access_token',
  'refresh_token',
  'auth_token',
  'secret',
]

/** pino's wildcards stand for exactly one level, so each name is listed at the depths at which we log objects. */
const redactedPaths = SECRETS.flatMap(name => {
  const below = name.startsWith('[') ? name : `.${name}`
  return [name, `*${below}`, `*.*${below}`]
})

/** The log of the process. Credentials in logged objects are replaced; credentials in message texts are not found. */
export function createLogger(options: LoggerOptions): Logger {
  const settings = { level: options.level, redact: { paths: redactedPaths, censor: '[redacted]' }, base: null }
  // A stream in this thread, not a pino transport: the last lines before an exit are the ones that matter.
  const destination = options.destination ?? (options.pretty ? pretty({ sync: true }) : undefined)
  return destination ? pino(settings, destination) : pino(settings)
}
