// An instance that only runs jobs, on the given database; it prints a line when it has started.
import { openJobs } from '../support/jobs.ts'

const { jobs } = await openJobs(process.argv[2]!)
await jobs.start()
console.log('ready')
process.on('SIGTERM', () => void jobs.stop().then(() => process.exit(0)))
