import { defineOperator } from '@failover-ip/operator'
import { nimbus } from './nimbus.ts'

process.exit(await defineOperator(nimbus).run())
