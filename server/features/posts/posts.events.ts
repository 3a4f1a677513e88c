import type { Post } from '../../../contract/index.ts'
import { createRecorder } from '../../events/index.ts'
import { audienceOf } from './posts.policy.ts'

export const events = createRecorder<Post>({ name: 'post', audienceOf, longTexts: ['body'] })
