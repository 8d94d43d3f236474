#!/usr/bin/env -S node --max-semi-space-size=1 --optimize-for-size
import { defineOperator } from '@failover-ip/operator'
import { scaleway } from '@failover-ip/provider-scaleway'

process.exit(await defineOperator(scaleway).run())
