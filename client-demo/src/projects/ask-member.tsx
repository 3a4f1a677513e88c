import type { Member, Project, ProjectRole } from '../../../sdk/index.ts'
import { usePage } from '../lib/use-page.ts'
import { Ask } from '../ui/ask.tsx'
import { roleNames } from './roles.ts'

interface AskMemberProps {
  member: Member
  /** null = to be taken out */
  given: ProjectRole | null
  project: Project
  onYes: () => void
  onClose: () => void
}

/** Before somebody loses what only others can give back. */
export function AskMember({ member, given, project, onYes, onClose }: AskMemberProps) {
  const { me } = usePage()
  const loss = project.visibility === 'private' ? 'see and change' : 'change'
  if (given !== null) {
    return (
      <Ask
        title={`Become ${given === 'editor' ? 'an editor' : `a ${roleNames[given].toLowerCase()}`} of “${project.name}”?`}
        text="You may no longer invite and remove its members, rename or archive it, until another owner makes you one again."
        action="Give it up"
        onYes={onYes}
        onClose={onClose}
      />
    )
  }
  if (member.user_id === me.id) {
    return (
      <Ask
        title={`Leave “${project.name}”?`}
        text={`You may no longer ${loss} what is in it, until one of its owners invites you again.`}
        action="Leave"
        onYes={onYes}
        onClose={onClose}
      />
    )
  }
  return (
    <Ask
      title={`Remove ${member.name}?`}
      text={`${member.name} may no longer ${loss} what is in “${project.name}”, until somebody invites them again.`}
      action="Remove"
      onYes={onYes}
      onClose={onClose}
    />
  )
}
