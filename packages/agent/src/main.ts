#!/usr/bin/env -S node --lite-mode --single-threaded --max-semi-space-size=1
// It answers some ten packets a second and looks at the network when that changes: interpreted code and one thread are fast
// enough for it, and every node has the memory back.
import { defineAgent } from './define-agent.ts'

process.exit(await defineAgent().run())
