// An instance that only runs imports, with the given database and oEmbed endpoint.
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
