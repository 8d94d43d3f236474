import { expect, test } from 'vitest'
import { translationScript } from './translation-rules.ts'

const clear = 'table inet failover-ip {}\ndelete table inet failover-ip\n'

test('there is no table without any translation', () => {
  expect(translationScript([])).toBe(clear)
})

test('all are replaced in one transaction, in both directions', () => {
  const script = translationScript([{ device: 'eth0', from: '10.17.0.5', to: '203.0.113.50' }])
  expect(script.startsWith(clear)).toBe(true)
  const map = 'type ifname . ipv4_addr : ipv4_addr; elements ='
  expect(script).toContain(`map inward_ipv4 { ${map} { "eth0" . 10.17.0.5 : 203.0.113.50 } }`)
  expect(script).toContain(`map outward_ipv4 { ${map} { "eth0" . 203.0.113.50 : 10.17.0.5 } }`)
})
