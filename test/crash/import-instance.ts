// An instance that only works on imports: of the database and with the oEmbed endpoint that it is given.
import { createOutbound } from '../../server/adapters/outbound-http.ts'
import { createDescribe } from '../../server/features/videos/oembed.ts'
import { videoImport } from '../../server/features/videos/videos.import.ts'
import { openJobs } from '../support/jobs.ts'

const [databaseUrl, endpoint] = process.argv.slice(2) as [string, string]
const { jobs, database } = await openJobs(databaseUrl)
const describe = createDescribe(createOutbound({ allowPrivate: true }), { youtube: endpoint, vimeo: endpoint })
jobs.register(videoImport({ database, describe }))
await jobs.start()
console.log('ready')
