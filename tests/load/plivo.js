// Webhooks as Plivo sends them: a form body, signed by V3. Checked against the official SDKs' vectors by vectors.js.
import crypto from 'k6/crypto'

// Of a POST whose URL has no query: base string = URL ? sorted names and values, joined by nothing . nonce
export function signV3(url, params, nonce, token) {
  const names = Object.keys(params).sort()
  const base = `${url}?${names.map(name => name + params[name]).join('')}.${nonce}`
  return crypto.hmac('sha256', token, base, 'base64')
}

const encode = text => encodeURIComponent(text).replace(/%20/g, '+')

// { url, body, headers } for http.post. `signedUrl`: the address that Plivo knows, PUBLIC_URL; it may differ from `url`.
export function webhook(url, signedUrl, params, token) {
  const nonce = String(Math.random()).slice(2) + Date.now()
  const signature = signV3(signedUrl, params, nonce, token)
  return {
    url,
    body: Object.keys(params).map(name => `${name}=${encode(params[name])}`).join('&'),
    headers: {
      'Content-Type': 'application/x-www-form-urlencoded',
      'X-Plivo-Signature-V3': signature,
      'X-Plivo-Signature-Ma-V3': signature,
      'X-Plivo-Signature-V3-Nonce': nonce,
    },
  }
}

export function uuid() {
  const hex = Array.from(new Uint8Array(crypto.randomBytes(16)), byte => byte.toString(16).padStart(2, '0')).join('')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`
}

// A text from one of `people` numbers in the range that belongs to nobody (+1 555 02xx …).
export function inboundText(to, people) {
  return {
    From: `1555020${String(Math.floor(Math.random() * people)).padStart(4, '0')}`,
    To: to,
    Text: `load ${Math.floor(Math.random() * 1e9)}`,
    Type: 'sms',
    MessageUUID: uuid(),
    TotalRate: '0.00000',
    TotalAmount: '0.00000',
    Units: '1',
    MessageIntent: '',
    PowerpackUUID: '',
  }
}
