#!/usr/bin/env -S node --max-semi-space-size=1 --optimize-for-size
import { defineOperator } from '@failover-ip/operator'
import { netcup } from '@failover-ip/provider-netcup'

process.exit(await defineOperator(netcup).run())
