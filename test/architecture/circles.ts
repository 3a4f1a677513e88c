import path from 'node:path'
import { importsOf, type Source } from './rules.ts'

/** Groups of files that import one another in a circle, each in the order of the names (Tarjan's algorithm). */
export function circles(sources: readonly Source[]): string[][] {
  const imported = new Map(
    sources.map(source => [
      source.file,
      importsOf(source)
        .filter(target => target.startsWith('.'))
        .map(target => path.posix.join(path.posix.dirname(source.file), target)),
    ]),
  )
  const order = new Map<string, number>()
  const lowest = new Map<string, number>()
  const stack: string[] = []
  const found: string[][] = []

  function visit(file: string) {
    order.set(file, order.size)
    lowest.set(file, order.get(file)!)
    stack.push(file)
    for (const target of imported.get(file)!) {
      if (!imported.has(target)) continue
      if (!order.has(target)) visit(target)
      if (stack.includes(target)) lowest.set(file, Math.min(lowest.get(file)!, lowest.get(target)!))
    }
    if (lowest.get(file) !== order.get(file)) return
    const group = stack.splice(stack.indexOf(file))
    if (group.length > 1) found.push(group.toSorted())
  }

  for (const file of imported.keys()) if (!order.has(file)) visit(file)
  return found
}
