import type { Video } from '../../../contract/index.ts'
import { createRecorder } from '../../events/index.ts'
import { audienceOf } from './videos.policy.ts'

export const events = createRecorder<Video>({ name: 'video', audienceOf, longTexts: ['description'] })
