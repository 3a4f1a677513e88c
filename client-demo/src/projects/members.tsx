import { useCallback, useEffect, useState } from 'react'
import { isTaskwireError, type Member, type Project, type ProjectRole } from '../../../sdk/index.ts'
import { usePage } from '../lib/use-page.ts'
import { usePages } from '../live/use-pages.ts'
import { Avatar } from '../people/avatar.tsx'
import { PersonPicker } from '../people/person-picker.tsx'
import { Icon } from '../ui/icon.tsx'
import { ListEnd } from '../ui/list-end.tsx'
import { AskMember } from './ask-member.tsx'
import { roleNames } from './roles.ts'

const roles = Object.keys(roleNames) as ProjectRole[]

export function Members({ project, manages }: { project: Project; manages: boolean }) {
  const { client, directory, me, toasts, live } = usePage()
  const [asked, setAsked] = useState<{ member: Member; given: ProjectRole | null } | null>(null)
  const [role, setRole] = useState<ProjectRole>('editor')
  const id = String(project.id)

  const read = useCallback(
    async (cursor: string, signal: AbortSignal) => {
      const page = await client.projects.members({ id, cursor, page_size: 50 }, { signal })
      directory.add(page.results.map(({ user_id, username, name }) => ({ id: user_id, username, name })))
      return page
    },
    [client, directory, id],
  )
  const { items: members, end, reload } = usePages(read)
  useEffect(() => live.onMembers(project.id, () => void reload()), [live, project.id, reload])

  async function run(work: () => Promise<unknown>) {
    try {
      await work()
    } catch (error) {
      toasts.error(isTaskwireError(error) ? error.message : 'Something went wrong')
    }
    await reload()
  }

  const setMember = (user_id: number, given: ProjectRole) =>
    run(() => client.projects.setMember({ id, user_id, role: given }))

  return (
    <section className="members" aria-label="Members">
      <h4>Members</h4>
      <ul>
        {members.map(member => (
          <li key={member.user_id}>
            <Avatar id={member.user_id} />
            <span className="member-name">
              <bdi>{member.name}</bdi>
              <small>@{member.username}</small>
            </span>
            {manages ? (
              <RoleChoice
                label={`Role of ${member.name}`}
                value={member.role}
                onChange={given =>
                  // Nobody could give it back to themselves.
                  member.user_id === me.id && me.role !== 'admin'
                    ? setAsked({ member, given })
                    : void setMember(member.user_id, given)
                }
              />
            ) : (
              <small>{roleNames[member.role]}</small>
            )}
            {(manages || member.user_id === me.id) && (
              <button
                type="button"
                className="icon-button"
                aria-label={member.user_id === me.id ? 'Leave the project' : `Remove ${member.name}`}
                onClick={() => setAsked({ member, given: null })}
              >
                <Icon name={member.user_id === me.id ? 'exit' : 'close'} />
              </button>
            )}
          </li>
        ))}
      </ul>
      <ListEnd {...end} isByHand />
      {manages && (
        <div className="invite">
          <PersonPicker
            label="Invite"
            placeholder="Invite somebody by name…"
            onPick={person => void setMember(person.id, role)}
          />
          <RoleChoice label="As" value={role} onChange={setRole} />
        </div>
      )}
      {asked && (
        <AskMember
          {...asked}
          project={project}
          onYes={() => {
            const { user_id } = asked.member
            setAsked(null)
            if (asked.given !== null) void setMember(user_id, asked.given)
            else void run(() => client.projects.removeMember({ id, user_id }))
          }}
          onClose={() => setAsked(null)}
        />
      )}
    </section>
  )
}

interface RoleChoiceProps {
  label: string
  value: ProjectRole
  onChange: (role: ProjectRole) => void
}

const RoleChoice = ({ label, value, onChange }: RoleChoiceProps) => (
  <select aria-label={label} value={value} onChange={event => onChange(event.target.value as ProjectRole)}>
    {roles.map(role => (
      <option key={role} value={role}>
        {roleNames[role]}
      </option>
    ))}
  </select>
)
