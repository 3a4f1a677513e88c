// An instance that only works on jobs, on the database that it is given; it prints a line when it does.
import { openJobs } from '../support/jobs.ts'

const { jobs } = await openJobs(process.argv[2]!)
await jobs.start()
console.log('ready')
process.on('SIGTERM', () => void jobs.stop().then(() => process.exit(0)))
