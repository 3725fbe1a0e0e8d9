import type { Workspace } from '../../../shared/contract/console.ts'
import { lateComponent } from '../../components/late/late-component.tsx'
import { Notice } from '../../components/notice/notice.tsx'
import { useConnection } from '../../state/active-workspace.ts'
import { appTexts } from '../texts.ts'
import classes from './shell.module.css'

const SignInForm = lateComponent(() => import('../../components/form/sign-in-form.tsx').then((module) => module.SignInForm))

/** What a person must do before the workspace syncs again, above every page of it. */
export function SignInPrompt({ workspace }: { workspace: Workspace }) {
  const connection = useConnection(workspace)
  const revoked = connection.state === 'device_revoked'
  if (revoked || connection.state === 'signed_out')
    return (
      <div className={classes.strip}>
        <Notice tone={revoked ? 'red' : 'amber'} title={revoked ? appTexts.connection.revokedTitle : appTexts.connection.signInTitle}>
          <p>{revoked ? appTexts.connection.revokedText : appTexts.connection.signInText}</p>
          <SignInForm workspaceId={workspace.id} />
        </Notice>
      </div>
    )
  return null
}
