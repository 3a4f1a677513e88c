import { isTaskwireError, limits, type Project } from '../../../sdk/index.ts'
import { Restored } from '../drafts/restored.tsx'
import { useKept } from '../drafts/use-kept.ts'
import { Theirs } from '../forms/theirs.tsx'
import { usePage } from '../lib/use-page.ts'
import { Field } from '../ui/field.tsx'
import { Icon } from '../ui/icon.tsx'
import { Members } from './members.tsx'
import { VisibilityChoice } from './new-project.tsx'
import { mayManage } from './project-list.ts'

export function ProjectDetails({ project, onShow }: { project: Project; onShow: () => void }) {
  const { client, projects, toasts, me } = usePage()
  const kept = useKept(`project:${project.id}`, project.name)
  const { text: name, theirs, write: setName, forget } = kept
  const manages = mayManage(project, me.role === 'admin')
  const archived = project.status === 'archived'

  async function change(part: Partial<Pick<Project, 'name' | 'status' | 'visibility'>>) {
    try {
      await projects.takeAnswer(() => client.projects.update({ id: String(project.id), ...part }))
      if (part.name !== undefined) forget()
    } catch (error) {
      toasts.error(isTaskwireError(error) ? error.message : 'Something went wrong')
    }
  }

  function rename() {
    const wanted = name.trim()
    if (wanted === '') forget()
    else if (wanted !== project.name) void change({ name: wanted })
  }

  return (
    <div className="stack">
      <div className="project-head">
        <h3 dir="auto">{project.name}</h3>
        <button type="button" className="button" onClick={onShow}>
          Show its tasks
        </button>
      </div>
      {archived && <p className="notice">Archived: it can be read, and nothing in it can be changed.</p>}
      <Restored isShown={manages && kept.isRestored} onStartOver={forget} />
      {manages && (
        <div className="pair">
          <Field label="Name" hint={<Theirs value={theirs} onTake={forget} />}>
            {props => (
              <input
                {...props}
                disabled={archived}
                maxLength={limits.projectName}
                value={name}
                onChange={event => setName(event.target.value)}
                // Not over another's name, only because one goes on.
                onBlur={() => theirs === null && rename()}
                onKeyDown={event => event.key === 'Enter' && rename()}
              />
            )}
          </Field>
          <VisibilityChoice
            value={project.visibility}
            disabled={archived}
            onChange={visibility => void change({ visibility })}
          />
        </div>
      )}
      <Members project={project} manages={manages && !archived} />
      {manages && (
        <button
          type="button"
          className="button button-quiet"
          onClick={() => void change({ status: archived ? 'active' : 'archived' })}
        >
          <Icon name="archive" />
          {archived ? 'Take out of the archive' : 'Archive'}
        </button>
      )}
    </div>
  )
}
