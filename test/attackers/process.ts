// Runs one attacker as a process of its own, so that it does not slow down the measuring process: node process.ts <name> <target as JSON>.
import { attackers, type AttackerName, type Target } from './index.ts'

const [name, target] = process.argv.slice(2)
const attack = await attackers[name as AttackerName](JSON.parse(target!) as Target).catch((error: unknown) => {
  console.error(`${name} could not begin: ${String(error)}`)
  process.exit(1)
})
process.send?.('begun')
process.once('disconnect', () => process.exit())
process.on('message', async message => {
  if (message === 'stop') {
    await attack.stop()
    process.exit()
  }
  process.send?.(attack.accepted())
})
