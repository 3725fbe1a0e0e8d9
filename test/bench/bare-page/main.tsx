/** The least that a page with React and Mantine can be: six progress bars. What the first page of the console is held against. */
import '@mantine/core/styles.css'
import { MantineProvider, Progress, Stack, Title } from '@mantine/core'
import { createRoot } from 'react-dom/client'

const root = document.getElementById('root')
if (root !== null)
  createRoot(root).render(
    <MantineProvider>
      <Stack p="xl">
        <Title order={1}>Limits</Title>
        {[10, 25, 40, 55, 70, 85].map((value) => (
          <Progress key={value} value={value} aria-label={`${value} %`} />
        ))}
      </Stack>
    </MantineProvider>,
  )
