import { createContext, use } from 'react'
import type { Page } from './page.ts'

export const PageContext = createContext<Page | null>(null)

export function usePage(): Page {
  const page = use(PageContext)
  if (!page) throw new Error('outside of a signed-in page')
  return page
}
