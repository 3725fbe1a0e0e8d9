import { Button } from '@mantine/core'
import { IconDeviceLaptopOff } from '@tabler/icons-react'
import { Empty } from '../../components/notice/notice.tsx'
import { chooseWorkspace, syncs, useWorkspaces } from '../../state/active-workspace.ts'
import { devicesTexts } from './texts.ts'

const words = devicesTexts.notOffered

/** Where the platform takes no envelopes: what works instead, and where agents can write. */
export function NotOffered({ name }: { name: string }) {
  const { data } = useWorkspaces()
  const other = data?.find(syncs)
  return (
    <Empty
      icon={IconDeviceLaptopOff}
      title={words.title}
      actions={
        other && (
          <Button variant="default" onClick={() => chooseWorkspace(other.id)}>
            {words.goTo(other.name)}
          </Button>
        )
      }
    >
      {words.text(name)}
    </Empty>
  )
}
