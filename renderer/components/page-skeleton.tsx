import { Skeleton, Stack } from '@mantine/core'
import { texts } from '../app/texts.ts'

/** Only for the very first read of a page: afterwards there is always something to show. */
export function PageSkeleton() {
  return (
    <Stack p={28} gap="md" aria-busy="true" aria-label={texts.table.loading} role="status">
      <Skeleton height={26} width={180} />
      <Skeleton height={120} />
      <Skeleton height={220} />
    </Stack>
  )
}
