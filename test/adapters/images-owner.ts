// A server as far as its pictures are concerned: it decodes the one that it is given, and prints a line when it has.
import { createImages } from '../../server/adapters/images-sharp.ts'
import { createLogger } from '../../server/kernel/logger.ts'

const images = createImages({ log: createLogger({ level: 'silent', pretty: false }) })
await images.examine(process.argv[2]!, 'png', 1)
console.log('decoded')
// Something that goes on.
setInterval(() => undefined, 1_000)
