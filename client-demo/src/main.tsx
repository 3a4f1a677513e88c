import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'
import { watchComposition } from './lib/composition.ts'
import './styles/tokens.css'
import './styles/base.css'
import './styles/outline.css'
import './styles/controls.css'
import './styles/overlays.css'
import './styles/shell.css'
import './styles/sign-in.css'
import './styles/board.css'
import './styles/card.css'
import './styles/toolbar.css'
import './styles/task-dialog.css'
import './styles/conversation.css'
import './styles/markdown.css'
import './styles/notifications.css'
import './styles/library.css'
import './styles/media.css'
import './styles/jobs.css'
import './styles/projects.css'
import './styles/settings.css'
import './styles/low.css'
import './styles/forced-colors.css'

watchComposition()
const root = document.getElementById('root')
if (!root) throw new Error('the page has no #root')
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
)
