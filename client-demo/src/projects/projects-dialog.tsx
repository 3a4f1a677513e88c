import { usePage } from '../lib/use-page.ts'
import { useStore } from '../lib/store.ts'
import { useTitle } from '../lib/titles.ts'
import { Icon } from '../ui/icon.tsx'
import { Modal } from '../ui/modal.tsx'
import { NewProject } from './new-project.tsx'
import { byName } from './project-list.ts'
import { ProjectDetails } from './project-details.tsx'

type Chosen = number | 'new' | null

interface ProjectsDialogProps {
  /** Whose details are shown; null = the list alone. */
  chosen: Chosen
  onChoose: (chosen: Chosen) => void
  /** The tasks of one are wanted. */
  onShow: (id: number) => void
  onClose: () => void
}

/** All projects, and one of them in detail. On narrow screens one after the other. */
export function ProjectsDialog({ chosen, onChoose, onShow, onClose }: ProjectsDialogProps) {
  const { projects } = usePage()
  const known = useStore(projects.store, all => all)
  const sorted = [...known.values()].toSorted(
    (a, b) => Number(a.status === 'archived') - Number(b.status === 'archived') || byName(a, b),
  )
  const project = typeof chosen === 'number' ? known.get(chosen) : undefined
  const view = chosen === null ? 'list' : 'detail'

  useTitle(project?.name ?? 'Projects', { isOver: true })

  return (
    <Modal title="Projects" className="projects-dialog" hasAddress onClose={onClose}>
      <div className={`projects shows-${view}`}>
        <div className="projects-list">
          <button type="button" className="button" onClick={() => onChoose('new')}>
            <Icon name="plus" />
            Create a project
          </button>
          <ul aria-label="Projects">
            {sorted.map(({ id, name, status, visibility, role }) => (
              <li key={id}>
                <button type="button" aria-pressed={id === chosen} onClick={() => onChoose(id)}>
                  <Icon name={status === 'archived' ? 'archive' : visibility === 'private' ? 'lock' : 'globe'} />
                  <span dir="auto">{name}</span>
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
          <button type="button" className="button button-quiet projects-back" onClick={() => onChoose(null)}>
            <Icon name="back" />
            All projects
          </button>
          {chosen === 'new' && <NewProject onCreated={onChoose} />}
          {project && <ProjectDetails key={project.id} project={project} onShow={() => onShow(project.id)} />}
          {!project && chosen !== 'new' && (chosen !== null || sorted.length > 0) && (
            <p className="hint projects-hint" role={chosen === null ? undefined : 'alert'}>
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
