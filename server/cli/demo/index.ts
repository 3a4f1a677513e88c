export { createDemo, type DemoDeps, type Filled } from './demo.service.ts'
