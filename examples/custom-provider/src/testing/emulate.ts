/** Serves an emulated account with three machines and two blocks: `node src/testing/emulate.ts [PORT]`. */
import { PortError, serveEmulator } from '@failover-ip/provider-testkit'
import { systemClock } from '@failover-ip/runtime'
import { createNimbusEmulator } from './nimbus-emulator.ts'

const { key, model, http } = createNimbusEmulator({ clock: systemClock() })
for (const id of ['m-1', 'm-2', 'm-3']) model.putServer({ id, name: id, location: 'north', power: 'on' })
for (const unit of ['198.51.100.7/32', '2001:db8:0:7::/64']) model.putUnit({ id: unit, unit, location: 'north' }, null)

try {
  const { url } = await serveEmulator(http.handle, { port: Number(process.argv[2] ?? 0) })
  process.stdout.write(`Nimbus is at ${url}, with the key ${key}\n`)
} catch (error) {
  if (!(error instanceof PortError)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 2
}
