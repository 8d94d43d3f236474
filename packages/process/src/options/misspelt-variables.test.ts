import { expect, test } from 'vitest'
import { misspeltVariables } from './misspelt-variables.ts'
import { logSettings } from './setting.ts'

test('names a misspelt variable with the one that was probably meant', () => {
  expect(misspeltVariables({ FAILOVER_IP_LOGLEVEL: 'debug' }, logSettings)).toEqual([
    'FAILOVER_IP_LOGLEVEL is not known and does nothing; did you mean FAILOVER_IP_LOG_LEVEL?',
  ])
})

test.each(['FAILOVER_IP_LOG_LEVEL', 'LOGLEVEL', 'FAILOVER_IP_METRICS_SERVICE_HOST', 'FAILOVER_IP_METRICS_PORT'])(
  'says nothing of %s',
  (name) => expect(misspeltVariables({ [name]: 'x' }, logSettings)).toEqual([]),
)
