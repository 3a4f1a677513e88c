import { useState } from 'react'
import { useFilters } from '../board/use-filters.ts'
import { usePage } from '../page.tsx'
import { useStore } from '../store.ts'
import { Icon } from '../ui/icon.tsx'
import { Modal } from '../ui/modal.tsx'
import { NewProject } from './new-project.tsx'
import { byName } from './project-list.ts'
import { ProjectDetails } from './project-details.tsx'

interface ProjectsDialogProps {
  /** The one that is shown first. */
  first?: number
  onClose: () => void
}

/** All projects, and one of them in detail. On narrow screens one after the other. */
export function ProjectsDialog({ first, onClose }: ProjectsDialogProps) {
  const { projects } = usePage()
  const known = useStore(projects.store, all => all)
  const [chosen, setChosen] = useState<number | 'new' | null>(first ?? null)
  const [, filter] = useFilters()
  const sorted = [...known.values()].toSorted(
    (a, b) => Number(a.status === 'archived') - Number(b.status === 'archived') || byName(a, b),
  )
  const project = typeof chosen === 'number' ? known.get(chosen) : undefined
  const view = project || chosen === 'new' ? 'detail' : 'list'

  function show(id: number) {
    onClose()
    filter({ projects: [id] })
  }

  return (
    <Modal title="Projects" className="projects-dialog" onClose={onClose}>
      <div className={`projects shows-${view}`}>
        <div className="projects-list">
          <button type="button" className="button" onClick={() => setChosen('new')}>
            <Icon name="plus" />
            Create a project
          </button>
          <ul aria-label="Projects">
            {sorted.map(({ id, name, status, visibility, role }) => (
              <li key={id}>
                <button type="button" aria-pressed={id === chosen} onClick={() => setChosen(id)}>
                  <Icon name={status === 'archived' ? 'archive' : visibility === 'private' ? 'lock' : 'globe'} />
                  <span>{name}</span>
                  <small>{status === 'archived' ? 'archived' : (role ?? 'reader')}</small>
                </button>
              </li>
            ))}
          </ul>
          {sorted.length === 0 && (
            <p className="hint">
              No project yet. Tasks without one are everybody’s; a private project is for its members alone.
            </p>
          )}
        </div>
        <div className="projects-detail">
          <button type="button" className="button button-quiet projects-back" onClick={() => setChosen(null)}>
            <Icon name="back" />
            All projects
          </button>
          {chosen === 'new' && <NewProject onCreated={setChosen} />}
          {project && <ProjectDetails key={project.id} project={project} onShow={() => show(project.id)} />}
          {view === 'list' && sorted.length > 0 && (
            <p className="hint projects-hint">
              {chosen === null
                ? 'Choose one to see who is in it.'
                : 'This project was deleted, or you may no longer see it.'}
            </p>
          )}
        </div>
      </div>
    </Modal>
  )
}
