// What tests/load/run hands over, with its defaults.
export const BASE = __ENV.BASE || 'http://127.0.0.1:3001'
export const SIGNED_BASE = __ENV.PUBLIC_URL || BASE
export const TOKEN = (__ENV.PLIVO_AUTH_TOKEN || '').split(',')[0]
export const TO = (__ENV.PLIVO_FROM_NUMBER || '+15550100000').replace('+', '')
export const RATE = Number(__ENV.RATE || 100)
export const DURATION = __ENV.DURATION || '2m'
export const PATH = '/plivo/inbound'
