import { EraseAccount } from './erase-account.tsx'
import { TakeData } from './take-data.tsx'

/** What is kept about whoever is signed in: to take, and to have erased. */
export const YourData = () => (
  <>
    <TakeData />
    <EraseAccount />
  </>
)
