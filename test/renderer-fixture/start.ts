import { createFakeBridge } from './fake-bridge.ts'
import { scenarioNamed } from './scenarios.ts'

const name = new URLSearchParams(window.location.search).get('scenario') ?? 'held'
window.tidemark = createFakeBridge(scenarioNamed(name))
await import('../../renderer/main.tsx')
