import { createRoute, z } from '@hono/zod-openapi'
import { elementDocument as elementSchema, elementsResponse, estimateRequest, estimateResponse } from '../../../shared/contract/platform/wallet.ts'
import { makeRoutes, type Routes, type SignedIn } from '../http/environment.ts'
import { notFound } from '../http/failure.ts'
import { jsonAnswer, jsonBody, refusals, security } from '../http/route.ts'
import type { Platform } from '../platform.ts'
import { withCircle } from '../wallet/asking.ts'
import { costOf, estimateDocument } from '../wallet/costs.ts'
import { elementDocument } from '../wallet/documents.ts'
import { circleParam } from './circles.ts'

const list = createRoute({
  method: 'get',
  path: '/api/{circle}/elements',
  summary: 'Every element with its prices, resolved from the cascade',
  security,
  request: { params: circleParam },
  responses: { 200: jsonAnswer(elementsResponse, 'The elements'), ...refusals },
})
const read = createRoute({
  method: 'get',
  path: '/api/{circle}/elements/{element}',
  summary: 'The price page of an element',
  security,
  request: { params: circleParam.extend({ element: z.string().min(1).max(64) }) },
  responses: { 200: jsonAnswer(elementSchema, 'The element with its prices'), ...refusals },
})
const estimate = createRoute({
  method: 'post',
  path: '/api/{circle}/pricing/estimate',
  summary: 'What an operation would cost; nothing is written',
  security,
  request: { params: circleParam, body: jsonBody(estimateRequest) },
  responses: { 200: jsonAnswer(estimateResponse, 'The debit lines that the same run would make'), ...refusals },
})

export function elementRoutes({ store }: Platform): Routes {
  const bookOf = (signedIn: SignedIn, circleId: string) => store.write((unit) => withCircle(unit, signedIn, circleId, async ({ book }) => book))

  return makeRoutes()
    .openapi(list, async (context) => {
      const { circle: id } = context.req.valid('param')
      const book = await bookOf(context.get('signedIn'), id)
      return context.json({ elements: book.elements.map(elementDocument) }, 200)
    })
    .openapi(read, async (context) => {
      const { circle: id, element: elementId } = context.req.valid('param')
      const book = await bookOf(context.get('signedIn'), id)
      const element = book.elements.find((candidate) => candidate.id === elementId)
      if (element === undefined) throw notFound(`element ${elementId}`, 'List the elements with GET /api/{circle}/elements.')
      return context.json(elementDocument(element), 200)
    })
    .openapi(estimate, async (context) => {
      const { circle: id } = context.req.valid('param')
      const book = await bookOf(context.get('signedIn'), id)
      return context.json(estimateDocument(book, costOf(book, context.req.valid('json'))), 200)
    })
}
