// A server reduced to its pictures: it decodes the given one, and prints a line when it has.
import { createImages } from '../../server/adapters/images-sharp.ts'
import { createLogger } from '../../server/kernel/logger.ts'

const images = createImages({ log: createLogger({ level: 'silent', pretty: false }) })
await images.examine(process.argv[2]!, 'png', 1)
console.log('decoded')
// Keeps the process alive.
setInterval(() => undefined, 1_000)
