import { Button } from '@mantine/core'
import { useState } from 'react'
import { paths } from '../../../shared/contract/console/pages.ts'
import { navigate } from '../../base/address/hash-location.ts'
import { Notice } from '../../components/notice/notice.tsx'
import { useRead } from '../../state/reads.ts'
import { desktopTexts } from './desktop-texts.ts'
import classes from './shell.module.css'

const words = desktopTexts.keyring
const dismissedKey = 'tidemark.keyring-notice'

/** Told from the first start on, until there is a passphrase or a person has read it. */
export function KeyringNotice() {
  const { data: vault } = useRead('vault.status', {})
  const [dismissed, setDismissed] = useState(() => window.localStorage.getItem(dismissedKey) !== null)
  if (dismissed || vault?.withoutKeyring !== true || vault.passphrase) return null
  return (
    <section className={classes.strip} aria-label={words.title}>
      <Notice tone="amber" title={words.title}>
        {words.text}{' '}
        <Button size="compact-xs" variant="default" onClick={() => navigate(paths.settings)}>
          {words.set}
        </Button>{' '}
        <Button
          size="compact-xs"
          variant="subtle"
          onClick={() => {
            window.localStorage.setItem(dismissedKey, 'read')
            setDismissed(true)
          }}
        >
          {words.later}
        </Button>
      </Notice>
    </section>
  )
}
