/**
 * How the kernel itself remembers what is ours, so that neither a crash nor a second agent can be wrong about it. An
 * address bears its metric (the priority of the route that its prefix makes, which nothing else of ours depends on), a
 * route its protocol; translations lie in a table of our own.
 */
export const addressMetric = 747_600_747
/** Not among those that iproute2 names. */
export const routeProtocol = '74'
export const translationTable = 'failover-ip'
