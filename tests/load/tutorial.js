// The profile of the common tutorials: up to RATE texts a second within half a minute, then DURATION at that rate.
// Every text is signed, of its own, and answered 200 within 100 ms (p95); none fails, none is left out.
import { check } from 'k6'
import http from 'k6/http'
import { inboundText, webhook } from './plivo.js'
import { BASE, DURATION, PATH, RATE, SIGNED_BASE, TO, TOKEN } from './settings.js'

export const options = {
  scenarios: {
    tutorial: {
      executor: 'ramping-arrival-rate',
      startRate: Math.max(1, Math.round(RATE / 10)),
      preAllocatedVUs: Math.max(10, Math.round(RATE / 2)),
      maxVUs: RATE * 5,
      stages: [{ target: RATE, duration: '30s' }, { target: RATE, duration: DURATION }],
    },
  },
  thresholds: {
    http_req_duration: ['p(95)<100'],
    http_req_failed: ['rate==0'],
    checks: ['rate==1'],
    dropped_iterations: ['count==0'],
  },
}

export default function () {
  const sent = webhook(BASE + PATH, SIGNED_BASE + PATH, inboundText(TO, 1000), TOKEN)
  const answer = http.post(sent.url, sent.body, { headers: sent.headers })
  check(answer, { 'taken': r => r.status === 200 })
}
