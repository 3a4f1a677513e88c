import { readFile } from 'node:fs/promises'
import path from 'node:path'

/**
 * The address of the server on a data folder, as the server wrote it down; null when none runs. The address of a killed
 * server may still be there.
 */
export async function findRunningServer(dataDir: string): Promise<string | null> {
  const text = await readFile(path.join(dataDir, 'server.json'), 'utf8').catch(() => 'null')
  return (JSON.parse(text) as { url: string } | null)?.url ?? null
}
