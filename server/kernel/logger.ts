import { pino, type DestinationStream, type Logger as PinoLogger } from 'pino'
import pretty from 'pino-pretty'

export type Logger = PinoLogger

export interface LoggerOptions {
  level: string
  /** Coloured lines for a person at a terminal; otherwise one JSON object per line for programs. */
  pretty: boolean
  /** Where the lines go; standard output, except in tests that read them. */
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
  // The client of Redis names the refused command in its errors, and that of the login has the password.
  'command.args',
]

/**
 * A wildcard of pino stands for exactly one level, so each name is listed at the depths at which objects are logged.
 */
const redactedPaths = SECRETS.flatMap(name => {
  const below = name.startsWith('[') ? name : `.${name}`
  return [name, `*${below}`, `*.*${below}`]
})
redactedPaths.push('err.aggregateErrors[*].command.args')

/**
 * The log of the process. Credentials in logged objects are replaced; credentials in message texts are not detected.
 */
export function createLogger(options: LoggerOptions): Logger {
  const settings = { level: options.level, redact: { paths: redactedPaths, censor: '[redacted]' }, base: null }
  // A stream in this thread and not a pino transport, because the last lines before an exit matter most.
  const destination = options.destination ?? (options.pretty ? pretty({ sync: true }) : undefined)
  return destination ? pino(settings, destination) : pino(settings)
}
