import type { AuditRow } from '../../../shared/contract/console/audit.ts'
import { auditTexts } from './texts.ts'

/** The platform itself acts as `system`. */
export function actorWords({ actor, actorName }: Pick<AuditRow, 'actor' | 'actorName'>): string {
  return actor === 'system' ? auditTexts.system : actorName
}
