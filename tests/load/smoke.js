// Ten seconds: signed texts are taken, a repeat is taken again, what is not signed is refused.
import { check } from 'k6'
import http from 'k6/http'
import { inboundText, webhook } from './plivo.js'
import { BASE, PATH, SIGNED_BASE, TO, TOKEN } from './settings.js'

export const options = {
  scenarios: { smoke: { executor: 'constant-arrival-rate', rate: 5, duration: '10s', preAllocatedVUs: 5 } },
  thresholds: { checks: ['rate==1'], dropped_iterations: ['count==0'] },
}

export default function () {
  const sent = webhook(BASE + PATH, SIGNED_BASE + PATH, inboundText(TO, 100), TOKEN)
  const first = http.post(sent.url, sent.body, { headers: sent.headers })
  check(first, { 'a signed text is taken': r => r.status === 200 && r.body.includes('<Response>') })
  const again = http.post(sent.url, sent.body, { headers: sent.headers })
  check(again, { 'its repeat is taken': r => r.status === 200 })
  const unsigned = http.post(sent.url, sent.body, { headers: { 'Content-Type': 'application/x-www-form-urlencoded' } })
  check(unsigned, { 'an unsigned one is refused': r => r.status === 400 })
}
