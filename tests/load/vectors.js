// The load generator's own signing against the vectors of the official SDKs: a wrong signature would measure refusals.
import { check } from 'k6'
import { signV3 } from './plivo.js'

const vectors = JSON.parse(open('../vectors/signatures.json')).filter(
  // what the generator sends: a POST with parameters to a plain URL, one signature in the header
  v => v.scheme === 'v3' && v.method === 'POST' && v.valid && !v.signature.includes(',') &&
    !v.name.startsWith('quirk-') && !v.url.includes('?') && !v.name.includes('repeated') &&
    Object.keys(v.params).length > 0,
)

export const options = { iterations: 1, thresholds: { checks: ['rate==1'] } }

export default function () {
  check(vectors, { 'there are vectors': all => all.length >= 20 })
  for (const v of vectors)
    check(v, { [v.name]: () => signV3(v.url, v.params, v.nonce, v.auth_token) === v.signature })
}
