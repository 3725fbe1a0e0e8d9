import { beforeEach, expect, test } from 'vitest'
import { watchPlanRequests } from '../../../main/engine/plan-request-watch.ts'
import { catalogFromWire, catalogToWire } from '../../../shared/billing/catalog-wire.ts'
import type { ConsoleEvent } from '../../../shared/contract/console.ts'
import { catalogs } from '../../../shared/generated/catalogs.ts'

const workspaceId = '7c9d4d6a-3f0e-4a53-9e46-0a1f6a0c2b11'

let documents: Record<string, unknown>[]
let told: ConsoleEvent[]

beforeEach(() => {
  documents = []
  told = []
})

function request(id: string, status: 'pending' | 'approved' | 'declined') {
  return {
    id,
    plan: 'enterprise',
    note: '',
    status,
    requested_by: { id: 'm1', name: 'Tomás Vidal' },
    created_at: '2026-11-20T00:00:00.000Z',
    decided_by: null,
    decided_at: null,
    answer: null,
  }
}

function watch(known: readonly string[]) {
  return watchPlanRequests({
    documents: { list: () => documents as never },
    workspaceIds: known,
    catalogOf: () => catalogFromWire(catalogToWire(catalogs.analytics)),
    nameOf: () => 'Northwind Insights',
    mayDecide: () => false,
    emit: (event) => told.push(event),
  })
}

const changed = (topics: string[]): ConsoleEvent => ({ event: 'cache.changed', payload: { workspaceId, topics } })

test('an answer is told once; what was decided while the console was closed is news too', () => {
  documents = [request('r1', 'pending')]
  const see = watch([workspaceId])
  see(changed(['plan_request']))
  expect(told).toEqual([])
  documents = [request('r1', 'approved')]
  see(changed(['counter']))
  expect(told).toEqual([])
  see(changed(['plan_request', 'counter']))
  see(changed(['plan_request']))
  expect(told).toHaveLength(1)
  expect(told[0]).toMatchObject({
    event: 'request.moved',
    payload: { workspaceName: 'Northwind Insights', request: { id: 'r1', planName: 'Enterprise', status: 'approved' } },
  })
})

test('a new question is told; what a first visit brings is the past', () => {
  const see = watch([])
  documents = [request('old', 'declined')]
  see(changed(['plan', 'plan_request']))
  expect(told).toEqual([])
  documents = [...documents, request('new', 'pending')]
  see(changed(['plan_request']))
  expect(told.map(({ payload }) => payload)).toMatchObject([{ request: { id: 'new', status: 'pending' } }])
})
