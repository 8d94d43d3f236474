#!/usr/bin/env node
import { defineOperator } from '@failover-ip/operator'
import { scaleway } from '@failover-ip/provider-scaleway'

process.exit(await defineOperator(scaleway).run())
