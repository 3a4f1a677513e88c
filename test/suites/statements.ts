import pg from 'pg'

/** The statements of every transaction that this process runs during `work`, in the order in which they began. */
export async function transactionsOf(work: () => Promise<unknown>): Promise<string[][]> {
  const { query } = pg.Client.prototype
  const all: string[][] = []
  const open = new Map<pg.Client, string[]>()
  pg.Client.prototype.query = function (this: pg.Client, ...args: unknown[]) {
    const text = typeof args[0] === 'string' ? args[0] : ((args[0] as { text?: string })?.text ?? '')
    if (text === 'begin') all.push(open.set(this, []).get(this)!)
    else if (text === 'commit' || text === 'rollback') open.delete(this)
    else open.get(this)?.push(text.replace(/\s+/g, ' ').trim())
    return (query as (...all: unknown[]) => unknown).apply(this, args)
  } as typeof query
  try {
    await work()
  } finally {
    pg.Client.prototype.query = query
  }
  return all
}
