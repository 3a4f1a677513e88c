// Prints .env.example: node server/cli/env-example.ts > .env.example
import { describeConfig } from '../config.ts'

/** The text of `.env.example`: each option commented out, with its default and its meaning. */
export function printEnvExample(): string {
  const rows = describeConfig().map(row => `# ${row.meaning}\n#${row.name}=${row.default}\n`)
  return ['# Copy to .env and uncomment what you want to change. Generated from server/config.ts.\n', ...rows].join(
    '\n',
  )
}

if (import.meta.main) process.stdout.write(printEnvExample())
