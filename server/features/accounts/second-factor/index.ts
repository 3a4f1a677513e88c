export { createChallenges, secondFactorRequired, type Challenges } from './challenge.ts'
export { keepPresentFactors, matchFactors } from './restored.ts'
export { deleteChallengesOf, deleteExpiredChallenges, deleteFactor } from './second-factor.queries.ts'
export { createTwoFactor, removeFactor } from './two-factor.service.ts'
