#!/usr/bin/env -S node --max-semi-space-size=1 --optimize-for-size
import { defineOperator } from '@failover-ip/operator'
import { digitalocean } from '@failover-ip/provider-digitalocean'

process.exit(await defineOperator(digitalocean).run())
