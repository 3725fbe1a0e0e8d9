import { html } from 'hono/html'
import type { CardAnswer, CardEntry } from '../cards.ts'
import type { Markup } from '../../../pages/page.ts'

/** The fields of a card, with the last attempt's complaint at the field that it is about. Nothing typed is put back. */
export function cardFields(answer: CardAnswer | null): Markup {
  const wrong = answer?.kind === 'incomplete' ? answer : null
  const invalid = (field: 'number' | 'expiry' | 'cvc'): Markup | string =>
    wrong?.field === field ? html`aria-invalid="true" aria-describedby="card-problem"` : ''
  return html`<div class="fields">
<div class="whole">
<label for="card-number">Card number</label>
<input type="text" id="card-number" name="number" inputmode="numeric" autocomplete="cc-number" required placeholder="4242 4242 4242 4242" ${invalid('number')}>
</div>
<div>
<label for="card-expiry">Expiry (MM/YY)</label>
<input type="text" id="card-expiry" name="expiry" inputmode="numeric" autocomplete="cc-exp" required placeholder="12/30" ${invalid('expiry')}>
</div>
<div>
<label for="card-cvc">CVC</label>
<input type="text" id="card-cvc" name="cvc" inputmode="numeric" autocomplete="cc-csc" required placeholder="123" ${invalid('cvc')}>
</div>
</div>`
}

export function problemNotice(message: string | null): Markup | string {
  return message === null ? '' : html`<p class="notice bad" role="alert" id="card-problem">${message}</p>`
}

export const testCardHint: Markup = html`<details class="small">
<summary>Test cards</summary>
<p class="quiet">4242 4242 4242 4242 pays. 4000 0000 0000 0002 is declined. Any future date and any CVC do.</p>
</details>`

export function cardEntryOf(form: Record<string, string>): CardEntry {
  return { number: form.number ?? '', expiry: form.expiry ?? '', cvc: form.cvc ?? '' }
}
