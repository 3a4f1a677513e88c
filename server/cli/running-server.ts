import { readFile } from 'node:fs/promises'
import path from 'node:path'

/** Where the server on a data folder says that it can be reached; null when none runs. A killed one may still say so. */
export async function findRunningServer(dataDir: string): Promise<string | null> {
  const text = await readFile(path.join(dataDir, 'server.json'), 'utf8').catch(() => 'null')
  return (JSON.parse(text) as { url: string } | null)?.url ?? null
}
