/**
 * `npm run bench -- limits [ADDRESSES]`: many addresses lose their nodes at once, on each cloud, in virtual time: how long until
 * all are placed, beside the best that the account's limits allow. With 200, netcup's take ten hours, and this some minutes.
 */
import { loseManyAddresses } from './lose-many-addresses.ts'
import { writeResult } from './write-result.ts'

const clouds = await loseManyAddresses(Number(process.argv[2] ?? 200))
console.table(clouds)
writeResult('limits', { clouds })
